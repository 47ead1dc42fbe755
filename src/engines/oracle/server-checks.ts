import type { OracleConnection } from "../../connect/oracle.ts";
import { check } from "../check.ts";
import type { Check } from "../engine.ts";
import { spoken } from "./quote.ts";

const readServer = `SELECT
  SYS_CONTEXT('USERENV', 'CON_NAME') AS CONTAINER,
  (SELECT VALUE FROM SYS.V_$PARAMETER WHERE NAME = 'job_queue_processes') AS JOBS,
  (SELECT VALUE FROM SYS.V_$PARAMETER WHERE NAME = 'resource_limit') AS LIMITS
  FROM DUAL`;

const readFailedJobs = `SELECT OWNER, JOB_NAME FROM SYS.DBA_SCHEDULER_JOBS WHERE COMMENTS LIKE 'dblease:%' AND FAILURE_COUNT > 0`;

/** Versions for which this was written: none of them has been met yet. */
const known = [19, 21, 23];

/** What of the server itself weakens a grant or its end. */
export async function serverChecks(connection: OracleConnection): Promise<Check[]> {
  const [it = {}] = (await connection.query(readServer)).rows;
  const failedJobs = (await connection.query(readFailedJobs)).rows.map((row) => spoken(row.JOB_NAME));
  const major = Math.floor(connection.serverVersion / 1e8);
  const inRoot = it.CONTAINER === "CDB$ROOT";
  return [
    check(
      "version",
      known.includes(major),
      `Oracle ${major}; it is written for ${known.join(", ")}`,
      "use one of these, and look at the first receipts closely",
    ),
    check(
      "container",
      !inRoot,
      inRoot
        ? "this is the root container, whose users are everywhere"
        : "users are made in one database only",
      "write the service name of the pluggable database as database: in dblease.yaml",
    ),
    check(
      "scheduler",
      Number(it.JOBS) > 0,
      Number(it.JOBS) > 0
        ? "the server locks users at their expiry by itself"
        : "the scheduler is off: when dblease is down, nothing else ends an access",
      "set job_queue_processes above 0 in the parameter group",
    ),
    check(
      "lock_jobs",
      failedJobs.length === 0,
      failedJobs.length === 0
        ? "no job that locks a user has failed"
        : `the server failed to lock at their expiry: ${failedJobs.join(", ")}`,
      "GRANT ALTER USER to the admin itself, not by a role, and dblease revoke these grants",
    ),
    check(
      "resource_limit",
      String(it.LIMITS).toUpperCase() === "TRUE",
      "profiles limit the number of sessions",
      "set resource_limit to TRUE in the parameter group",
    ),
  ];
}
