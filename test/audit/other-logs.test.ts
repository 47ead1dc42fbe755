/**
 * The parsers of the logs that no server here writes. MariaDB's lines were written by MariaDB 10.11.19 with its
 * server_audit plugin; RDS's and Aurora's are in the form that AWS documents, with names changed.
 */
import { describe, expect, test } from "vitest";
import { readIamRefusal } from "../../src/audit/iam-auth-error-log.ts";
import { readMysqlAuditLine } from "../../src/audit/mysql-audit-log.ts";
import { refusalsOf, sessionsOf } from "../../src/audit/sessions.ts";

const user = "jit_7k2m9q4x1c0z";

describe("MariaDB's audit plugin", () => {
  const at = "20261124 14:21:07,vm";
  const grant = { database: { engine: "mariadb" as const } };
  const read = (...lines: string[]) =>
    lines.flatMap((it, index) => readMysqlAuditLine(it, lines[index + 1]) ?? []);

  test("a session", () => {
    const notes = read(
      `${at},${user},127.0.0.1,7,0,CONNECT,orders,,0`,
      `${at},rdsadmin,localhost,6,5,QUERY,,'select "${user},127.0.0.1,7,0,CONNECT,orders,,0"',0,,`,
      `${at},${user},127.0.0.1,7,0,DISCONNECT,orders,,0`,
    );
    expect(sessionsOf(notes, grant)).toEqual([
      {
        connection: "127.0.0.1#7",
        address: "127.0.0.1",
        startedAt: "2026-11-24T14:21:07.000Z",
        endedAt: "2026-11-24T14:21:07.000Z",
        endedBy: "client",
      },
    ]);
  });

  test("whoever is there when the revoke begins is ended by it, and the line may come after the drop", () => {
    const notes = read(
      `20261124 14:21:09,vm,${user},127.0.0.1,9,0,DISCONNECT,orders,,0`,
      `${at},${user},127.0.0.1,9,0,CONNECT,orders,,0`,
    );
    const end = { cause: "expiry", by: "dblease", at: "2026-11-24T14:21:08.900Z" } as const;
    expect(sessionsOf(notes, { ...grant, end })).toMatchObject([{ endedBy: "revoke" }]);
  });

  test.each([
    ["a wrong password", 1045],
    ["a locked account", 4151],
  ])("%s: refused, and the DISCONNECT that follows is the end of no session", (_, code) => {
    const notes = read(
      `${at},${user},127.0.0.1,8,0,FAILED_CONNECT,,,${code}`,
      `${at},${user},127.0.0.1,8,0,DISCONNECT,,,0`,
    );
    expect(sessionsOf(notes, grant)).toEqual([]);
    expect(refusalsOf(notes)).toMatchObject([{ code: `${code}`, address: "127.0.0.1" }]);
  });

  test("a name that a stranger logs in with plays no session", () => {
    const forged = `${user},6.6.6.6,9,0,CONNECT,,,0`;
    const real = "127.0.0.1,11,0,FAILED_CONNECT,,,1045";
    expect(read(`${at},${forged},${real}`)).toEqual([]);
    expect(read(`${at},h,${forged},${real}`)).toEqual([]);
    expect(read(`${at},x`, `20261124 14:20:00,vm,${forged},${real}`)).toEqual([]);
    expect(read(`${at},${forged}`, `,${real}`)).toEqual([]);
  });

  test("a day that there is not is no line of a server, and holds up no other", () => {
    expect(read(`20269999 99:99:99,vm,${user},1.2.3.4,7,0,CONNECT,,,0`)).toEqual([]);
  });

  test("a server may number its connections anew: another beginning is another session", () => {
    const notes = read(
      `${at},${user},127.0.0.1,7,0,CONNECT,orders,,0`,
      `20261124 15:00:00,vm,${user},127.0.0.1,7,0,CONNECT,orders,,0`,
      `20261124 15:01:00,vm,${user},127.0.0.1,7,0,DISCONNECT,orders,,0`,
    );
    const [first, second] = sessionsOf(notes, grant);
    expect(first?.endedAt).toBeUndefined();
    expect(second).toMatchObject({ endedAt: "2026-11-24T15:01:00.000Z" });
  });
});

describe("Aurora MySQL", () => {
  test("microseconds and a connection type", () => {
    expect(readMysqlAuditLine(`1795530067123456,orders-1,${user},10.0.1.9,73,0,CONNECT,orders,,0,4`)).toEqual(
      {
        kind: "opened",
        at: "2026-11-24T14:21:07.123Z",
        username: user,
        connection: "10.0.1.9#73",
        address: "10.0.1.9",
        database: "orders",
        tls: true,
      },
    );
  });
});

describe("iam-db-auth-error", () => {
  const at = "2026-11-24T12:02:51,954 [ERROR] Failed to authenticate the connection request for user";

  test("a refusal, by its code", () => {
    const why = "because the provided token is malformed or otherwise invalid.";
    expect(readIamRefusal(`${at} '${user}' ${why} (Status Code: 400, Error Code: InvalidToken)`)).toEqual({
      at: "2026-11-24T12:02:51.954Z",
      username: user,
      code: "InvalidToken",
    });
  });

  test("a refusal for lack of permission names who tried", () => {
    const arn = "arn:aws:sts::123456789012:assumed-role/dev/eve@example.com";
    const why = `because the user ${arn} is not authorized to perform \`rds-db:connect\` on the DB instance.`;
    expect(readIamRefusal(`${at} 'app' ${why} (Status Code: 403, Error Code: NotAuthorized)`)).toMatchObject({
      username: "app",
      caller: arn,
    });
  });

  test("anything else is nothing", () => {
    for (const line of ["", `${at} 'x'`, `${at} 'x' because (Error Code: Y)\n`]) {
      expect(readIamRefusal(line)).toBeUndefined();
    }
  });
});
