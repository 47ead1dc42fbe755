/** Ends sessions until there is none: a locked account's stay open, and nobody who has one can be dropped. */
import { setTimeout as pause } from "node:timers/promises";
import type { OracleConnection } from "../../connect/oracle.ts";
import { eachOnce, type OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Silence } from "../quieten.ts";
import { noSuchProcedure, numberOf } from "./errors.ts";
import { ownName } from "./quote.ts";
import { type OracleSession, ours, type Reading, read } from "./reading.ts";

/** Ten seconds; what is left is reported, and the sweeper comes again. */
const rounds = 110;
/** Rounds in which the server may end a session in its own way; then the process under it is ended. */
const patience = 4;

/**
 * Gone (30) and marked for kill (31) are no failures. They are caught by the server: the driver takes 31 for the end of
 * its own connection.
 */
const unlessGone = `EXCEPTION
  WHEN OTHERS THEN
    IF SQLCODE NOT IN (-30, -31) THEN
      RAISE;
    END IF;
END;`;

/**
 * RDS's own procedure; its master has no ALTER SYSTEM.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.Oracle.CommonDBATasks.KillingSession.html
 */
const killByRds = `BEGIN
  rdsadmin.rdsadmin_util.kill(sid => :sid, serial => :serial, method => :method);
${unlessGone}`;

/** DISCONNECT takes no instance: of a cluster it would end whoever has these numbers here. */
const killBySystem = `BEGIN
  IF :method = 'PROCESS' AND TO_CHAR(:instance) = SYS_CONTEXT('USERENV', 'INSTANCE') THEN
    EXECUTE IMMEDIATE 'ALTER SYSTEM DISCONNECT SESSION ''' || :sid || ',' || :serial || ''' IMMEDIATE';
  ELSE
    EXECUTE IMMEDIATE 'ALTER SYSTEM KILL SESSION ''' || :sid || ',' || :serial || ',@' || :instance || ''' IMMEDIATE';
  END IF;
${unlessGone}`;

type Method = "IMMEDIATE" | "PROCESS";

/** Tells these sessions to end: by RDS's procedure where there is one, elsewhere by the admin's own right. */
export async function endSessions(
  connection: OracleConnection,
  sessions: readonly OracleSession[],
  method: Method = "IMMEDIATE",
): Promise<void> {
  for (const { sid, serial, instance } of sessions) {
    const binds = { sid, serial, method };
    try {
      await connection.query(killByRds, binds);
    } catch (error) {
      if (numberOf(error) !== noSuchProcedure) throw error;
      await connection.query(killBySystem, { ...binds, instance });
    }
  }
}

/** Quiet: no session, no admin connection, and the fence is here. */
interface OracleSilence extends Silence {
  last: Reading;
}

/**
 * Looks until the user may not log in here and has no session, and ends what it still finds.
 * @param again fences once more where the user is found open; absent: the fence comes from the writer.
 */
export async function untilQuiet(
  connection: OracleConnection,
  user: KnownUser,
  again?: () => Promise<void>,
): Promise<OracleSilence> {
  let last = await read(connection, user);
  let ended: readonly OpenSession[] = [];
  const isOpen = () => ours(ownName(user.username), last).some(({ locked }) => !locked);
  const quiet = () => last.sessions.length === 0 && !isOpen();
  for (let round = 0; round < rounds && !quiet(); round++) {
    if (round > 0) await pause(Math.min(10 * round, 100));
    if (isOpen()) await again?.();
    await endSessions(connection, last.sessions, round < patience ? "IMMEDIATE" : "PROCESS");
    ended = eachOnce(ended, openSessions(last.sessions));
    last = await read(connection, user);
  }
  return { ended, quiet: quiet(), last };
}

/** By session and serial number: the server does not list the address of a client. */
function openSessions(sessions: readonly OracleSession[]): OpenSession[] {
  return sessions
    .filter(({ kind }) => kind === "session")
    .map(({ sid, serial, program }) => ({ connection: `${sid},${serial}`, application: program }));
}
