/** The publisher against a mocked EventBridge: a real bus cannot be made to fail in part on demand. */
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { DynamoDBRecord } from "aws-lambda";
import { expect, test } from "vitest";
import { forwardEvents } from "../../src/workflow/forward-events.ts";
import { publishEvent } from "../../src/workflow/publish-event.ts";

function record(pk: string, number: number, name = "GrantGranting"): DynamoDBRecord {
  return {
    eventID: `e${number}`,
    eventName: "INSERT",
    dynamodb: {
      Keys: { pk: { S: pk }, sk: { S: "000001" } },
      SequenceNumber: `${number}`,
      NewImage: {
        pk: { S: pk },
        sk: { S: "000001" },
        name: { S: name },
        at: { S: "2026-11-24T10:00:00.000Z" },
      },
    },
  };
}

interface Sent {
  input: { Entries: { DetailType: string; Detail: string; EventBusName: string; Source: string }[] };
}

/** Answers like PutEvents; `answer` decides per call. */
function bus(answer: (call: number) => object): { client: EventBridgeClient; bus: string; sent: Sent[] } {
  const sent: Sent[] = [];
  const client = {
    send: async (command: Sent) => {
      sent.push(command);
      return answer(sent.length);
    },
  };
  // Only `send` is used.
  return { client: client as unknown as EventBridgeClient, bus: "dblease", sent };
}

function publish(to: ReturnType<typeof bus>, records: DynamoDBRecord[]) {
  return forwardEvents(records, (event) => publishEvent(to, event));
}

test("events go out in order, other items and changes do not", async () => {
  const to = bus(() => ({ FailedEntryCount: 0 }));
  const changed: DynamoDBRecord = { ...record("event#a", 3), eventName: "MODIFY" };
  const result = await publish(to, [
    record("event#a", 1),
    record("grant#a", 2),
    changed,
    record("event#a", 4, "GrantActivated"),
  ]);
  expect(result).toEqual({ batchItemFailures: [] });
  expect(to.sent.map((it) => it.input.Entries[0]?.DetailType)).toEqual(["GrantGranting", "GrantActivated"]);
  expect(to.sent[0]?.input.Entries[0]).toMatchObject({ EventBusName: "dblease", Source: "dblease" });
  expect(to.sent[0]?.input.Entries[0]?.Detail).not.toContain('"pk"');
});

test("a refusal that does not throw is seen, and that record and all after it come again", async () => {
  const to = bus((call) =>
    call === 2 ? { FailedEntryCount: 1, Entries: [{ ErrorMessage: "throttled" }] } : { FailedEntryCount: 0 },
  );
  const result = await publish(to, [record("event#a", 1), record("event#a", 2), record("event#a", 3)]);
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
  expect(to.sent).toHaveLength(2);
});

test("an error of the network is the same", async () => {
  const to = bus(() => {
    throw new Error("no network");
  });
  expect(await publish(to, [record("event#a", 7)])).toEqual({
    batchItemFailures: [{ itemIdentifier: "7" }],
  });
});
