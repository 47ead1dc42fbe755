import type { PostgresConnection } from "../connect/postgres.ts";
import { postgresDoor } from "../connect/postgres-door.ts";
import { moveAdmin } from "../engines/postgres/move-admin.ts";
import { postgres } from "../engines/postgres.ts";
import type { EngineParts } from "./database-step.ts";

export const postgresParts: EngineParts<PostgresConnection> = {
  engine: postgres,
  door: postgresDoor,
  moveAdmin,
};
