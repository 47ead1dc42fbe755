/** The contract of an engine, one file a verb, for one of the two kinds of server. */
import type { MysqlConnection } from "../../connect/mysql.ts";
import type { EngineAdapter } from "../engine.ts";
import { changePassword } from "./change-password.ts";
import type { Dialect } from "./dialect.ts";
import { doctor } from "./doctor.ts";
import { extend } from "./extend.ts";
import { grant } from "./grant.ts";
import { inspect } from "./inspect.ts";
import { list } from "./list.ts";
import { logins } from "./logins.ts";
import { plan } from "./plan.ts";
import { prepare } from "./prepare.ts";
import { revoke } from "./revoke.ts";
import { sessions } from "./sessions.ts";

export function adapterOf(dialect: Dialect): EngineAdapter<MysqlConnection> {
  return {
    prepare: (...given) => prepare(dialect, ...given),
    grant: (...given) => grant(dialect, ...given),
    extend: (...given) => extend(dialect, ...given),
    changePassword: (...given) => changePassword(dialect, ...given),
    revoke: (...given) => revoke(dialect, ...given),
    sessions,
    inspect: (...given) => inspect(dialect, ...given),
    list: (...given) => list(dialect, ...given),
    logins: (...given) => logins(dialect, ...given),
    plan: (...given) => plan(dialect, ...given),
    doctor: (...given) => doctor(dialect, ...given),
  };
}
