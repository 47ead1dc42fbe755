/** Users of a database that the configuration explains (pure); users are known to the whole server. */

import type { Config, DatabaseConfig } from "./config.ts";
import { usersOf } from "./rotation/users.ts";
import type { Rotation } from "./rotation.ts";
import type { KnownUsers } from "./stock.ts";

function serverOf({
  instance,
  cluster,
  host,
  port,
}: Pick<DatabaseConfig, "instance" | "cluster" | "host" | "port">) {
  return JSON.stringify([instance, cluster, host, port]);
}

/** Databases of the configuration on the server of this one, itself among them. */
export function databasesOnServer({ databases }: Config, database: string): string[] {
  const here = databases[database];
  if (!here) return [];
  return Object.entries(databases)
    .filter(([, it]) => serverOf(it) === serverOf(here))
    .map(([id]) => id);
}

/** @param rotations all of the table. */
export function knownUsers(config: Config, database: string, rotations: readonly Rotation[]): KnownUsers {
  const here = databasesOnServer(config, database);
  const isHere = (it: string) => here.includes(it);
  const rotated = rotations
    .filter((it) => it.removedAt === undefined && isHere(it.database.id))
    .flatMap((rotation) => usersOf(rotation).map((user): [string, string] => [user, rotation.id]));
  const explained = (config.explained ?? []).flatMap((it): [string, string][] =>
    "user" in it && isHere(it.database) ? [[it.user, it.because]] : [],
  );
  return { rotated: new Map(rotated), explained: new Map(explained) };
}
