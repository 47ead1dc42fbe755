/**
 * A database that is only a map: what the engines do to real ones is proved by test/engines. It can be down, be slow,
 * and die after it has done what it was asked, at any instant of the world's clock.
 */
import type { Door, EngineAdapter, KnownUser, NewUser } from "../../src/engines/engine.ts";
import { DbleaseError } from "../../src/errors.ts";
import type { Receipt } from "../../src/receipt.ts";

interface User {
  marker: string;
  verifier: string;
  expiresAt: string;
}

/** A function that waits for a slow server; its workflow has given it up by the time it goes on. */
interface Held {
  username: string;
  since: number;
  /** It is logged in already, so that a revoke of its grant ends it. */
  connected: boolean;
  goOn: () => void;
  die: (error: Error) => void;
}

interface PlayedDoor extends Door<PlayedDatabase> {
  onHold: () => void;
}

/** No function lives longer; a revoke's own time-out is below its lease, a grant's deadline is the server's business. */
const longestMs = { grant: 120_000, revoke: 60_000 };

export type Slowness = "never" | "before login" | "after login";

export class PlayedDatabase {
  readonly users = new Map<string, User>();
  private held: Held[] = [];
  private readonly revoking = new Map<string, number>();
  down = false;
  slow: Slowness = "never";
  private readonly clock: () => Date;
  private readonly turn: () => Promise<void>;

  constructor(clock: () => Date, turn: () => Promise<void>) {
    this.clock = clock;
    this.turn = turn;
  }

  /** @param onHold hears of it when a function that came through this door has to wait for the server. */
  door(onHold: () => void): PlayedDoor {
    return {
      members: [{ id: "writer", host: "db.example", port: 5432 }],
      database: "orders",
      open: async () => this,
      onHold,
    };
  }

  /** The slow server gets to whatever it was sent, if the function that sent it still lives. */
  goOn(): void {
    const waiting = this.held;
    this.held = [];
    for (const it of waiting) it.goOn();
  }

  private async wait(
    door: Door<PlayedDatabase>,
    username: string,
    kind: keyof typeof longestMs,
  ): Promise<void> {
    if (this.slow === "never") return;
    const since = this.clock().getTime();
    const connected = this.slow === "after login";
    const waiting = new Promise<void>((goOn, die) => {
      this.held.push({ username, since, connected, goOn, die });
    });
    (door as PlayedDoor).onHold();
    await waiting;
    if (this.clock().getTime() - since >= longestMs[kind]) throw new Error("killed by its time-out");
  }

  /** A revoke ends the admin connections that still work for its grant. */
  private endOtherAdmins(username: string): void {
    for (const it of this.held) {
      if (it.connected && it.username === username) it.die(new Error("terminated"));
    }
    this.held = this.held.filter((it) => !it.connected || it.username !== username);
  }

  private assertOnlyRevoker(username: string): void {
    const since = this.revoking.get(username);
    if (since !== undefined && this.clock().getTime() - since < longestMs.revoke) {
      throw new Error(`two revokers work on ${username}`);
    }
  }

  private create(user: NewUser): void {
    // The server itself refuses after the deadline (dangers 5).
    if (Date.parse(user.deadline) <= this.clock().getTime()) return;
    const { verifier = "", expiresAt } = user;
    this.users.set(user.username, { marker: user.marker.grantId, verifier, expiresAt });
  }

  private assertUp(): void {
    if (this.down) throw new DbleaseError("DATABASE_UNREACHABLE", "the database is down", { next: "wait" });
  }

  private known({ username, marker }: KnownUser): User {
    const user = this.users.get(username);
    if (user?.marker === marker.grantId) return user;
    throw new DbleaseError("NOT_FOUND", `${username} is gone`, { next: "nothing" });
  }

  private receipt({ username }: KnownUser): Receipt {
    const at = this.clock().toISOString();
    const users = this.users.has(username) ? 1 : 0;
    return {
      username,
      fencedAt: at,
      readBackAt: at,
      sessionsEnded: 0,
      users,
      sessions: 0,
      privileges: 0,
      objects: 0,
      preparedTransactions: 0,
      members: [{ member: "writer", host: "db.example", port: 5432, sessions: 0, readAt: at }],
      moved: [],
      residue: users === 0 ? [] : [{ kind: "user", where: "orders", what: username }],
    };
  }

  readonly engine: EngineAdapter<PlayedDatabase> = {
    grant: async (door, user) => {
      await this.wait(door, user.username, "grant");
      await this.turn();
      this.assertUp();
      this.create(user);
      if (!this.users.has(user.username)) {
        throw new DbleaseError("DEADLINE_PASSED", "too late", { next: "request again" });
      }
      return { userOid: "1" };
    },
    extend: async (_door, user, expiresAt) => {
      this.assertUp();
      this.known(user).expiresAt = expiresAt;
    },
    changePassword: async (_door, user, verifier) => {
      this.assertUp();
      this.known(user).verifier = verifier;
    },
    revoke: async (door, user) => {
      const { username } = user;
      this.assertOnlyRevoker(username);
      this.revoking.set(username, this.clock().getTime());
      try {
        await this.wait(door, username, "revoke");
        await this.turn();
        this.assertUp();
        this.endOtherAdmins(username);
        this.users.delete(username);
      } finally {
        this.revoking.delete(username);
      }
      return { ...this.receipt(user), droppedAt: this.clock().toISOString() };
    },
    inspect: async (_door, user) => {
      this.assertUp();
      return this.receipt(user);
    },
    prepare: notPlayed,
    list: notPlayed,
    doctor: notPlayed,
    plan: () => ({ grant: [], revoke: [] }),
  };
}

async function notPlayed(): Promise<never> {
  throw new Error("this story does not play that");
}
