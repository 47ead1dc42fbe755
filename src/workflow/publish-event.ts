import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { DbleaseEvent } from "../events.ts";
import { messageOf } from "../message.ts";

/** Puts an event on the `dblease` bus, with the words that people get of it. PutEvents can fail without throwing. */
export async function publishEvent(
  to: { client: EventBridgeClient; bus: string },
  event: DbleaseEvent,
): Promise<void> {
  const message = messageOf(event);
  const entry = {
    EventBusName: to.bus,
    Source: "dblease",
    DetailType: event.name,
    Time: new Date(event.at),
    Detail: JSON.stringify(message ? { ...event, message } : event),
  };
  const answer = await to.client.send(new PutEventsCommand({ Entries: [entry] }));
  if (answer.FailedEntryCount)
    throw new Error(answer.Entries?.[0]?.ErrorMessage ?? "PutEvents refused an event");
}
