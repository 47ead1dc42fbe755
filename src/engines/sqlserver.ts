/** SQL Server 2016 to 2022: one file a verb in src/engines/sqlserver/. */
import type { SqlserverConnection } from "../connect/sqlserver.ts";
import type { EngineAdapter } from "./engine.ts";
import { changePassword } from "./sqlserver/change-password.ts";
import { doctor } from "./sqlserver/doctor.ts";
import { extend } from "./sqlserver/extend.ts";
import { grant } from "./sqlserver/grant.ts";
import { inspect } from "./sqlserver/inspect.ts";
import { list } from "./sqlserver/list.ts";
import { logins } from "./sqlserver/logins.ts";
import { plan } from "./sqlserver/plan.ts";
import { prepare } from "./sqlserver/prepare.ts";
import { revoke } from "./sqlserver/revoke.ts";
import { sessions } from "./sqlserver/sessions.ts";

export const sqlserver: EngineAdapter<SqlserverConnection> = {
  prepare,
  grant,
  extend,
  changePassword,
  revoke,
  inspect,
  list,
  logins,
  sessions,
  plan,
  doctor,
};
