/** The table and Step Functions are played: only an order of two reads is told here, which real ones show by chance. */
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import type { Table } from "../../src/store/table.ts";
import { wake } from "../../src/workflow/start.ts";

function played(row: { wakeToken?: string }, refusal?: string) {
  const sent: string[] = [];
  const table = {
    name: "grants",
    client: {
      send: async () => ({ Item: { id: "0123456789ab", ...row } }),
    } as unknown as DynamoDBDocumentClient,
  } satisfies Table;
  const client = {
    send: async (command: { input: { taskToken: string } }) => {
      sent.push(command.input.taskToken);
      if (refusal) throw Object.assign(new Error(refusal), { name: refusal });
      return {};
    },
  } as unknown as SFNClient;
  return {
    parts: { table, workflows: { client, grantMachine: "grant", revokeMachine: "revoke" } },
    row,
    sent,
  };
}

test("the token that was parked after the caller read its row is the one that wakes", async () => {
  const { parts, row, sent } = played({});
  row.wakeToken = "parked-since";
  await expect(wake(parts, "0123456789ab")).resolves.toBe(true);
  expect(sent).toEqual(["parked-since"]);
});

test("nobody waits: no token, or one of a wait that is over", async () => {
  await expect(wake(played({}).parts, "0123456789ab")).resolves.toBe(false);
  for (const name of ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]) {
    await expect(wake(played({ wakeToken: "old" }, name).parts, "0123456789ab")).resolves.toBe(false);
  }
  await expect(wake(played({ wakeToken: "old" }, "Throttled").parts, "0123456789ab")).rejects.toThrow(
    "Throttled",
  );
});
