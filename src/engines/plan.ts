import { DbleaseError } from "../errors.ts";
import type { Engine, Model } from "../grant.ts";
import type { NewUser, Plan } from "./engine.ts";
import { mariadbDialect, mysqlDialect } from "./mysql/dialect.ts";
import { plan as mysqlPlan } from "./mysql/plan.ts";
import { plan as oraclePlan } from "./oracle/plan.ts";
import { plan as postgresPlan } from "./postgres/plan.ts";
import { plan as sqlserverPlan } from "./sqlserver/plan.ts";

/** The plan alone, without any engine's driver. Throws BAD_CONFIGURATION for an engine that is not built. */
export function planOf(engine: Engine, user: Omit<NewUser, "verifier">, model: Model): Plan {
  switch (engine) {
    case "postgres":
      return postgresPlan(user, model);
    case "mysql":
      return mysqlPlan(mysqlDialect, user, model);
    case "mariadb":
      return mysqlPlan(mariadbDialect, user, model);
    case "sqlserver":
      return sqlserverPlan(user);
    case "oracle":
      return oraclePlan(user);
    default:
      throw new DbleaseError("BAD_CONFIGURATION", `engine ${engine} is not built`, {
        next: "name another engine in dblease.yaml",
      });
  }
}
