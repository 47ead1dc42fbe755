/** Oracle 19c, 21c and 23ai: one file a verb in src/engines/oracle/. Never met the vendor's server yet (docs/oracle.md). */
import type { OracleConnection } from "../connect/oracle.ts";
import type { EngineAdapter } from "./engine.ts";
import { changePassword } from "./oracle/change-password.ts";
import { doctor } from "./oracle/doctor.ts";
import { extend } from "./oracle/extend.ts";
import { grant } from "./oracle/grant.ts";
import { inspect } from "./oracle/inspect.ts";
import { list } from "./oracle/list.ts";
import { plan } from "./oracle/plan.ts";
import { prepare } from "./oracle/prepare.ts";
import { revoke } from "./oracle/revoke.ts";

export const oracle: EngineAdapter<OracleConnection> = {
  prepare,
  grant,
  extend,
  changePassword,
  revoke,
  inspect,
  list,
  plan,
  doctor,
};
