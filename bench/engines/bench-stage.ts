/** A database of the bench and the four things that are timed on it: our grant and revoke, and the bare ones beside them. */
import { randomBytes } from "node:crypto";
import type { KnownUser, NewUser } from "../../src/engines/engine.ts";
import { grantId, usernameOf } from "../../src/grant.ts";
import { isClean } from "../../src/receipt.ts";
import type { Stage } from "../../test/engines/conformance/harness.ts";
import { newUser } from "../../test/engines/conformance/story.ts";
import { timed } from "../timed.ts";
import type { BareLogin, BenchEngine } from "./bench-engine.ts";
import { type Record, recordedDoor } from "./recorded-door.ts";

/** A user that stands in the database, with all that was said to bring it there or take it away. */
export interface Made {
  user: NewUser;
  known: KnownUser;
  secret: string;
}

const tablesPerMessage = 500;

export class BenchStage<Connection> {
  readonly engine: BenchEngine<Connection>;
  readonly stage: Stage<Connection>;
  readonly tables: number;

  private constructor(engine: BenchEngine<Connection>, stage: Stage<Connection>, tables: number) {
    this.engine = engine;
    this.stage = stage;
    this.tables = tables;
  }

  static async make<Connection>(
    engine: BenchEngine<Connection>,
    tables: number,
  ): Promise<BenchStage<Connection>> {
    const stage = await engine.harness.stage();
    // One table is there already.
    for (let from = 2; from <= tables; from += tablesPerMessage) {
      await stage.admin(
        engine.createTables(stage.schema, from, Math.min(from + tablesPerMessage - 1, tables)),
      );
    }
    await engine.harness.adapter.prepare(stage.door(), [stage.reader]);
    return new BenchStage(engine, stage, tables);
  }

  /** A user that is not there yet. */
  someone(): Made {
    const { user, secret } = newUser(this.engine.harness, this.stage);
    return { user, known: { username: user.username, marker: user.marker }, secret };
  }

  async grant(): Promise<{ ms: number; made: Made; record: Record }> {
    const { user, known, secret } = this.someone();
    const { door, record } = recordedDoor(this.stage.door(user.marker.grantId), this.engine.statementsIn);
    const { ms, result } = await timed(() => this.engine.harness.adapter.grant(door, user));
    return { ms, made: { user, known: { ...known, userOid: result.userOid }, secret }, record };
  }

  async revoke({ known }: Made): Promise<{ ms: number; record: Record }> {
    const { door, record } = recordedDoor(this.stage.door(known.marker.grantId), this.engine.statementsIn);
    const { ms, result } = await timed(() =>
      this.engine.harness.adapter.revoke(door, known, () => new Date()),
    );
    if (!isClean(result)) throw new Error(`a revoke left behind ${JSON.stringify(result.residue)}`);
    return { ms, record };
  }

  /** Another user by the very statements with which `like` was made, over a bare login. */
  async bareGrant(like: { made: Made; record: Record }): Promise<{ ms: number; made: Made }> {
    const id = grantId(randomBytes(12));
    const made = renamed(like.made, id);
    const ms = await this.bare(messagesOf(like.record, (text) => rename(text, like.made.known, made.known)));
    return { ms, made: { ...made, known: { ...made.known, userOid: await this.oidOf(made) } } };
  }

  async bareRevoke(victim: Made, like: { made: Made; record: Record }): Promise<number> {
    return this.bare(messagesOf(like.record, (text) => rename(text, like.made.known, victim.known)));
  }

  /** Milliseconds of a bare login and these messages, one after the other. */
  async bare(messages: readonly (readonly unknown[])[]): Promise<number> {
    const { ms } = await timed(async () => {
      const login: BareLogin = await this.engine.bareLogin(this.stage);
      for (const sent of messages) await login.query(...sent);
      await login.end();
    });
    return ms;
  }

  async left(): Promise<{ users: number; sessions: number }> {
    const [row] = await this.stage.root(this.engine.left);
    return { users: Number(row?.users), sessions: Number(row?.sessions) };
  }

  /** Rows of the catalogue about tables, as text that changes whenever one is rewritten. */
  async tableEntries(): Promise<Map<string, string>> {
    const rows = await this.stage.root(this.engine.tableEntries);
    return new Map(rows.map(({ key, version }) => [String(key), String(version)]));
  }

  /** The server's own id of a user that was made by hand; the adapter's read-back finds it. */
  private async oidOf({ user }: Made): Promise<string> {
    const listed = await this.engine.harness.adapter.list(this.stage.door(), [user.groupRole]);
    const found = listed.find(({ username }) => username === user.username);
    if (!found) throw new Error(`the bare statements did not make ${user.username}`);
    return found.userOid;
  }
}

function renamed({ user, secret }: Made, id: string): Made {
  const marker = { ...user.marker, grantId: id };
  const username = usernameOf(id);
  return { user: { ...user, marker, username }, known: { username, marker }, secret };
}

function messagesOf(record: Record, change: (text: string) => string): unknown[][] {
  if (record.logins !== 1) throw new Error(`${record.logins} logins cannot be said again over one`);
  return record.trips.map(({ sent }) => JSON.parse(change(JSON.stringify(sent))));
}

/** Grant id and server's id of one user become another's: all that differs between two users' statements. */
function rename(text: string, from: KnownUser, to: KnownUser): string {
  const named = text.replaceAll(from.marker.grantId, to.marker.grantId);
  return from.userOid && to.userOid
    ? named.replaceAll(new RegExp(`\\b${from.userOid}\\b`, "g"), to.userOid)
    : named;
}
