import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { GrantView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { credentialTexts } from "../credential-texts.ts";
import { exitCode } from "../exit-code.ts";
import { Failure } from "../failure.ts";
import { heldGrant } from "../held-grant.ts";
import { examples, portNumber, wholeNumber } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { pace } from "../proxy/pace.ts";
import { type LocalPort, ports } from "../proxy/ports.ts";
import type { RelayTarget } from "../proxy/relay.ts";
import type { Run } from "../run.ts";
import { clockTime, timeLeft } from "../time-text.ts";
import { tokenOf } from "../token-of.ts";

interface Options {
  port?: number;
  role?: string;
  maxNewPerSecond: number;
}

/** How often the grant is looked at: an extension is seen, and an end that came early. A token that is refused is looked into at once. */
const lookEveryMs = 15_000;
const warnMs = 5 * 60_000;

async function proxied({ api }: Context, database: string, role: string | undefined): Promise<GrantView> {
  const grant = await heldGrant(api, database, role);
  if (!grant) {
    throw new Failure(
      "NO_ACTIVE_GRANT",
      `you hold no access to ${database}`,
      `dblease request ${database} --role <role> --for 2h --reason "..."`,
    );
  }
  if (grant.model === "iam") return grant;
  throw new Failure(
    "USAGE",
    `grant ${grant.id} has a password that is good until its end: no proxy is needed`,
    `dblease credential ${grant.id} --uri`,
  );
}

/**
 * The grant's own authority, or the file that the engine's clients trust; absent, or libpq's word `system`: this
 * machine's authorities.
 */
function authority(env: NodeJS.ProcessEnv, grant: GrantView): string | undefined {
  const known = env[credentialTexts(grant).authorityVariable];
  return grant.connection?.ca ?? (known && known !== "system" ? readFileSync(known, "utf8") : undefined);
}

function targetOf(context: Context, grant: GrantView, refusals: EventEmitter): RelayTarget {
  const { id, connection, username } = grant;
  if (!connection) throw new Failure("UNAVAILABLE", `grant ${id} has no address yet`, `dblease show ${id}`);
  const { host, port, database } = connection;
  const ca = authority(context.env, grant);
  const token = async () => {
    try {
      return (await tokenOf(context, grant)).token;
    } catch (error) {
      refusals.emit("refused");
      throw error;
    }
  };
  return { host, port, username, database, ...(ca ? { ca } : {}), token };
}

function portOf({ engine, database }: GrantView): LocalPort {
  const found = ports[engine];
  if (found) return found;
  throw new Failure("USAGE", `${database} is ${engine}, which has no logins by IAM`, "dblease grants");
}

async function listen(port: number, serve: (client: Socket) => void): Promise<Server> {
  const server = createServer(serve);
  // Nobody but this machine; whoever is on it can use the access, as with every tool that holds a login.
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new Failure("UNAVAILABLE", `port ${port} cannot be listened on (${why})`, "choose another: --port");
  }
  return server;
}

/** Waits so long, or until a token is refused. Rejects when it is told to stop. */
async function nextLook(refusals: EventEmitter, milliseconds: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const within = { signal: AbortSignal.any([signal, over.signal]) };
  const either = [pause(milliseconds, undefined, within), once(refusals, "refused", within)];
  await Promise.race(either).finally(() => over.abort());
}

/** Until the grant has ended. @returns the grant as it then is. */
async function untilEnd(context: Context, first: GrantView, refusals: EventEmitter): Promise<GrantView> {
  const { api, now, signal, words } = context;
  let grant = first;
  let warned = "";
  while (grant.status === "active") {
    const left = Date.parse(grant.expiresAt ?? "") - now().getTime();
    if (left <= warnMs && warned !== grant.expiresAt) {
      warned = grant.expiresAt ?? "";
      const longer = `dblease extend ${grant.id} --by 30m`;
      words.write(`${timeLeft(warned, now())} left until this proxy closes; to go on: ${longer}\n`);
    }
    await nextLook(refusals, Math.max(500, Math.min(left, lookEveryMs)), signal);
    grant = await api.grant(grant.id);
  }
  return grant;
}

async function serve(context: Context, database: string, options: Options): Promise<Outcome> {
  const grant = await proxied(context, database, options.role);
  const refusals = new EventEmitter();
  const target = targetOf(context, grant, refusals);
  const clients = new Set<Socket>();
  const turn = pace(options.maxNewPerSecond, () => context.now().getTime());
  const { usual, relay, addresses } = portOf(grant);
  const server = await listen(options.port ?? usual, (client) => {
    clients.add(client);
    client.once("close", () => clients.delete(client));
    turn().then(() => relay(client, target));
  });
  // A TCP server that listens has an address of this shape.
  const { port } = server.address() as AddressInfo;
  context.words.write(
    `${grant.role} on ${database} until ${clockTime(grant.expiresAt ?? "", context.now())}, any password, no TLS on this machine:\n` +
      addresses(port, target)
        .map((it) => `  ${it}\n`)
        .join(""),
  );
  try {
    const ended = await untilEnd(context, grant, refusals);
    return {
      data: ended,
      text: "",
      words: `Grant ${ended.id} is ${ended.status}: the proxy is closed.`,
      exit: exitCode.noActiveGrant,
    };
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new Failure("INTERRUPTED", "the proxy is closed; the grant goes on", `dblease revoke ${grant.id}`);
  } finally {
    server.close();
    for (const client of clients) client.destroy();
  }
}

export function addProxy(program: Command, run: Run): void {
  const command = program
    .command("proxy")
    .summary("a port on this machine that is logged in, for graphical tools and pools")
    .description(
      "Listen on this machine; every new connection gets a token of its own, so that work goes on past 15 minutes. Ends with the grant.",
    )
    .argument("<database>", "a database that you hold access to by IAM")
    .addOption(
      new Option(
        "--port <port>",
        "port to listen on; 0: any free one; without it 5433, and 3307 for MySQL and MariaDB",
      ).argParser(portNumber),
    )
    .option("--role <role>", "of your grants the one with this role")
    .addOption(
      new Option("--max-new-per-second <count>", "pace of new logins; RDS itself takes about 200")
        .argParser(wholeNumber)
        .default(20),
    );
  command.action(run((context, self) => serve(context, self.processedArgs[0], self.opts<Options>())));
  examples(command, ["dblease proxy orders --port 5433", "dblease proxy orders --role read-only --port 0"]);
}
