/** PostgreSQL 13 to 18: one file a verb in src/engines/postgres/. */
import type { PostgresConnection } from "../connect/postgres.ts";
import type { EngineAdapter } from "./engine.ts";
import { changePassword } from "./postgres/change-password.ts";
import { doctor } from "./postgres/doctor.ts";
import { extend } from "./postgres/extend.ts";
import { grant } from "./postgres/grant.ts";
import { inspect } from "./postgres/inspect.ts";
import { list } from "./postgres/list.ts";
import { logins } from "./postgres/logins.ts";
import { plan } from "./postgres/plan.ts";
import { prepare } from "./postgres/prepare.ts";
import { revoke } from "./postgres/revoke.ts";
import { sessions } from "./postgres/sessions.ts";

export const postgres: EngineAdapter<PostgresConnection> = {
  prepare,
  grant,
  extend,
  changePassword,
  revoke,
  sessions,
  inspect,
  list,
  logins,
  plan,
  doctor,
};
