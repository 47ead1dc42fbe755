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

/** @param rotations all of the table. */
export function knownUsers(config: Config, database: string, rotations: readonly Rotation[]): KnownUsers {
  const here = config.databases[database];
  const isHere = (it: string) => {
    const other = config.databases[it];
    return here !== undefined && other !== undefined && serverOf(other) === serverOf(here);
  };
  const rotated = rotations
    .filter((it) => it.removedAt === undefined && isHere(it.database.id))
    .flatMap((rotation) => usersOf(rotation).map((user): [string, string] => [user, rotation.id]));
  const explained = (config.explained ?? []).flatMap((it): [string, string][] =>
    "user" in it && isHere(it.database) ? [[it.user, it.because]] : [],
  );
  return { rotated: new Map(rotated), explained: new Map(explained) };
}
