import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";
import type { KnownUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { refuseForeign, unlogged } from "./guard.ts";
import { instant, literal, ownName } from "./quote.ts";
import { engineError, repeatOnCollision } from "./sqlstates.ts";
import { ownerRole } from "./standing-roles.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/** Alters VALID UNTIL of a user that may log in; makes none and unfences none (dangers 6). */
export async function extend(door: PostgresDoor, user: KnownUser, expiresAt: Instant): Promise<void> {
  const change = `VALID UNTIL ${instant(expiresAt)}`;
  try {
    await use(door, {}, (connection) => alterLive(connection, user, change));
  } catch (error) {
    throw engineError(error, user.username);
  }
}

/** One attribute of a live user in one transaction. Throws NOT_FOUND where the user is gone or fenced. */
export async function alterLive(
  connection: PostgresConnection,
  user: KnownUser,
  change: string,
): Promise<void> {
  const name = ownName(user.username);
  const isLive = `SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(user.username)} AND rolcanlogin`;
  const guard = refuseForeign(user.username, markerText(user.marker));
  const [, [live] = []] = await message(connection, [guard, isLive]);
  if (!live) {
    throw new DbleaseError("NOT_FOUND", `${user.username} is not a live database user`, {
      next: `dblease show ${user.marker.grantId}`,
    });
  }
  await repeatOnCollision(connection, () =>
    message(connection, [
      "BEGIN",
      unlogged([guard, `SET LOCAL ROLE ${ownName(ownerRole)}`, `ALTER ROLE ${name} ${change}`]),
      "COMMIT",
    ]),
  );
}
