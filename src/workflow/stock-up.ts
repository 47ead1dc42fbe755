/** Who may log in to a database is kept for the inventory; whom nothing explains is told. */

import type { Config } from "../config.ts";
import type { LoginUser } from "../engines/engine.ts";
import type { Observation } from "../finding.ts";
import { knownUsers } from "../known-users.ts";
import { type Stock, takeStock, unexplainedUsers } from "../stock.ts";
import { findRotations } from "../store/rotations.ts";
import { findStock, writeStock } from "../store/stocks.ts";
import type { Table } from "../store/table.ts";

/** @param logins undefined: the engine does not tell, so that nothing is said of its users. */
export async function stockUp(
  { table, clock }: { table: Table; clock: () => Date },
  config: Config,
  database: string,
  logins: readonly LoginUser[] | undefined,
): Promise<{ stock: Stock | undefined; unexplained: Observation[] }> {
  if (logins === undefined) return { stock: undefined, unexplained: [] };
  const known = knownUsers(config, database, await findRotations(table));
  const stock = takeStock(logins, known, await findStock(table, database), clock());
  await writeStock(table, database, stock);
  return { stock, unexplained: unexplainedUsers(stock, logins) };
}
