/** Every statement of the snapshot is a sentence of Oracle's language, by two grammars that were written by others. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shardingFaults, shardingMissing } from "./grammars/sharding.ts";
import { antlrFault } from "./oracle-stories/antlr-fault.ts";
import { betweenStatements, statementsFile } from "./oracle-stories/statements.ts";

const statements = readFileSync(join(import.meta.dirname, statementsFile), "utf8").split(betweenStatements);

/** Sentences that are none, one for each kind of statement. */
const wrong = [
  'DROP USER "X" GARBAGE HERE',
  "SELEC 1 FROM DUAL",
  'CREATE USER "X" IDENTIFIED "Y"',
  'ALTER USER "X" ACCOUNT SHUT',
  'GRANT READ ON TO "R"',
  "BEGIN EXECUTE IMMEDIATE 'x' END;",
  "BEGIN IF 1 = 1 THEN NULL; END;",
];

/** Oracle documents them, the second since 23ai; this grammar is older. */
const unknownToShardingSphere = [/EXPIRE PASSWORD ROLLOVER PERIOD$/, /^(GRANT|REVOKE) [A-Z ]+ ON SCHEMA "/];

/** This grammar has no profiles, no roles and no REVOKE; what it is asked for are blocks, queries, GRANT and CREATE USER. */
const unknownToAntlr = [
  /^(CREATE|ALTER|DROP) (PROFILE|ROLE)\b/,
  /^(DROP USER|REVOKE|ALTER SYSTEM)\b/,
  /^ALTER USER .* (REVOKE CONNECT THROUGH|EXPIRE PASSWORD ROLLOVER PERIOD)\b/,
];

function faulty(
  all: readonly string[],
  faults: readonly (string | undefined)[],
  unknown: readonly RegExp[],
): string[] {
  return all.flatMap((statement, at) => {
    const fault = faults[at];
    return !fault || unknown.some((it) => it.test(statement)) ? [] : [`${fault}: ${statement}`];
  });
}

/** SHA-256 of the snapshot that ShardingSphere's grammar has taken. */
const acceptedFile = "oracle-statements.accepted";

/** It takes fifteen seconds to read them all, so it does once for each change of the snapshot; or with GRAMMARS=all. */
test(`ShardingSphere's grammar has taken every statement of this snapshot, and nothing that is none`, async () => {
  const digest = createHash("sha256").update(statements.join(betweenStatements)).digest("hex");
  const accepted = readFileSync(join(import.meta.dirname, acceptedFile), "utf8").trim();
  if (digest !== accepted || process.env.GRAMMARS === "all") {
    expect(shardingMissing).toBeUndefined();
    const faults = shardingFaults("Oracle", [...statements, ...wrong]);
    expect(faulty(statements, faults, unknownToShardingSphere)).toEqual([]);
    expect(faults.slice(statements.length).filter((it) => it === "")).toEqual([]);
  }
  // With -u, and only behind the lines above.
  await expect(`${digest}\n`).toMatchFileSnapshot(`./${acceptedFile}`);
}, 180_000);

test("antlr4ts-sql's grammar takes every statement that it knows, and nothing that is none", () => {
  expect(faulty(statements, statements.map(antlrFault), unknownToAntlr)).toEqual([]);
  expect(wrong.filter((it) => antlrFault(it) === undefined)).toEqual([]);
});

test("no bind and no column is called by a word that Oracle keeps for itself", () => {
  const reserved = new Set(
    `ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COMMENT COMPRESS CONNECT CREATE CURRENT DATE
    DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP HAVING IDENTIFIED IMMEDIATE
    IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG MAXEXTENTS MINUS MODE MODIFY NOAUDIT NOT
    NOWAIT NULL NUMBER OF OFFLINE ON ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM
    ROWS SELECT SESSION SET SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE
    USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER WHERE WITH`.split(/\s+/),
  );
  const names = statements.flatMap((it) =>
    [...it.replace(/'(?:[^']|'')*'/g, "").matchAll(/(?::([a-z]\w*)|\bAS ([A-Z]+)\b(?!\)))/g)].map(
      ([, bind, column]) => (bind ?? column ?? "").toUpperCase(),
    ),
  );
  expect([...new Set(names)].filter((name) => reserved.has(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(100);
});
