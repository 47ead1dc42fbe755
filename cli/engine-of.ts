import type { Engine } from "../src/grant.ts";
import type { Api } from "./api.ts";

/**
 * Whose verifier a request for this database needs. @param startAt a planned start, at which other rules may hold.
 * A database that is not in the list will be refused, whatever verifier comes along.
 */
export async function engineOf(api: Api, database: string, startAt?: string): Promise<Engine> {
  return (await api.databases(startAt)).find(({ id }) => id === database)?.engine ?? "postgres";
}
