import { expect, test } from "vitest";
import { usersMade } from "../../src/audit/user-statements.ts";

const prefix = "2026-11-24 10:00:00 UTC:10.0.0.7(5432):dba@orders:[42]:";
const audit = (sql: string) => `20261124 10:00:00,host,dba,10.0.0.7,8,17,QUERY,orders,'${sql}',0`;

test.each<[string, string, string[]]>([
  ["postgresql", `${prefix}LOG:  statement: CREATE ROLE reporting LOGIN`, ["reporting"]],
  ["postgresql", `${prefix}LOG:  statement: create user "O'Brien"; alter role x login`, ["OBrien", "x"]],
  ["postgresql", `${prefix}LOG:  statement: ALTER USER IF EXISTS x PASSWORD 'y'`, ["x"]],
  ["postgresql", `${prefix}LOG:  execute <unnamed>: CREATE GROUP g`, ["g"]],
  ["postgresql", `${prefix}LOG:  statement: CREATE TABLE role (user int)`, []],
  ["postgresql", `${prefix}FATAL:  password authentication failed for user "create role x"`, []],
  ["audit", audit("CREATE USER \\'etl\\'@\\'%\\' IDENTIFIED BY \\'*****\\'"), ["etl"]],
  ["audit", audit("create user if not exists `a b`@localhost"), ["a"]],
  ["audit", audit("SELECT 1"), []],
  ["audit", "20261124 10:00:00,host,create user x,10.0.0.7,8,0,FAILED_CONNECT,,,1045", []],
  ["iam-db-auth-error", "CREATE ROLE x", []],
])("%s: %s", (type, line, names) => {
  expect(usersMade(line, type)).toEqual(names);
});
