/**
 * An admin that logs in by IAM, made or moved so that nobody is locked out on the way (dangers 1): from PostgreSQL 16 on,
 * whoever makes a member of rds_iam is matched as one, and password logins are refused from then on.
 */
import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import type { Check } from "../engine.ts";
import { literal, ownName } from "./quote.ts";
import { engineError } from "./sqlstates.ts";
import { joinOwner } from "./standing.ts";
import { iamRole, ownerRole } from "./standing-roles.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/** Seconds after which the database itself takes back what no token login has proved meanwhile. */
const proveWithin = 30;

const rehearsed = "dblease_rehearsal";

interface Before {
  /** The admin who logs in by password. */
  by: string;
  exists: boolean;
  isIamUser: boolean;
}

async function look(connection: PostgresConnection, admin: string): Promise<Before> {
  const [[row] = []] = await message(connection, [
    `SELECT session_user AS by, r.oid IS NOT NULL AS exists, m.roleid IS NOT NULL AS iam
      FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_roles r ON r.rolname = ${literal(admin)}
      LEFT JOIN pg_catalog.pg_auth_members m ON m.member = r.oid
        AND m.roleid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(iamRole)}) LIMIT 1`,
  ]);
  return { by: row.by, exists: row.exists, isIamUser: row.iam };
}

function give(admin: string, exists: boolean, serverVersion: number): string[] {
  const make = [
    `CREATE ROLE ${ownName(admin)} LOGIN CREATEROLE`,
    joinOwner(admin, serverVersion),
    `GRANT pg_signal_backend TO ${ownName(admin)}`,
  ];
  return [
    "BEGIN",
    ...(exists ? [] : make),
    `GRANT ${iamRole} TO ${ownName(admin)} WITH ADMIN OPTION`,
    "COMMIT",
  ];
}

function takeBack(admin: string, existed: boolean): string {
  return existed ? `REVOKE ${iamRole} FROM ${ownName(admin)}` : `DROP ROLE IF EXISTS ${ownName(admin)}`;
}

/** Logs in by a token and makes a user by IAM, as a grant does; nothing of it stays. */
async function rehearse(byToken: PostgresDoor): Promise<void> {
  await use(byToken, {}, async (connection) => {
    await message(connection, [
      "BEGIN",
      `SET LOCAL ROLE ${ownName(ownerRole)}`,
      `CREATE ROLE ${rehearsed} NOLOGIN`,
      "SET LOCAL ROLE NONE",
      `GRANT ${iamRole} TO ${rehearsed}`,
      "ROLLBACK",
    ]);
  });
}

/** Takes everything back in time by itself, also where this process dies; ended when it is not needed any more. */
async function armed(
  byPassword: PostgresDoor,
  undo: string,
): Promise<(by: PostgresConnection) => Promise<void>> {
  const connection = await byPassword.open();
  const [[row] = []] = await message(connection, ["SELECT pg_catalog.pg_backend_pid() AS pid"]);
  const done = message(connection, [
    "SET statement_timeout = 0",
    `SELECT pg_catalog.pg_sleep(${proveWithin})`,
    undo,
  ]).catch(() => {});
  return async (by) => {
    await message(by, [`SELECT pg_catalog.pg_terminate_backend(${Number(row.pid)})`]);
    await done;
    await connection.end().catch(() => {});
  };
}

function asBefore(error: unknown, admin: string): DbleaseError {
  const { code, message: why } = engineError(error, admin);
  return new DbleaseError(code, `${admin} was not moved to IAM, and everything is as before: ${why}`, {
    next: "mend that, then run it again",
  });
}

/**
 * Makes `admin`, or gives it rds_iam where it is there, and proves by a real token login that it can do a grant's work. The
 * session that logged in by password stays open until then. Where the proof fails, or this process dies, it is taken back.
 * @param byPassword door of the admin that still has one. @param byToken door of `admin`. @throws what failed.
 */
export async function moveAdmin(
  byPassword: PostgresDoor,
  byToken: PostgresDoor,
  admin: string,
): Promise<Check> {
  return use(byPassword, {}, async (connection) => {
    const { by, exists, isIamUser } = await look(connection, admin);
    if (!isIamUser) {
      const undo = takeBack(admin, exists);
      const disarm = await armed(byPassword, undo);
      try {
        await message(connection, give(admin, exists, connection.serverVersion));
        await rehearse(byToken);
      } catch (error) {
        await connection.query("ROLLBACK");
        // Where this fails, the armed one still does it.
        await connection.query(undo);
        await disarm(connection);
        throw asBefore(error, admin);
      }
      await disarm(connection);
    }
    const back = `back: log in as ${by} with a token of its own, then ${takeBack(admin, exists)}`;
    const sentence = `${admin} logs in by token and can give access; passwords of ${by} may be refused from now on; ${back}`;
    return { id: "admin_by_iam", ok: true, sentence };
  });
}
