/** Messages to people by SNS: plain text for mail, and the form that Amazon Q Developer shows in Slack and Teams. */
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { DbleaseEvent } from "../events.ts";
import { type Message, messageOf, topicOf } from "../message.ts";

export interface Topics {
  client: SNSClient;
  arnOf: Readonly<Record<Message["to"], string>>;
}

function mail({ title, facts, next }: Message): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return [title, "", ...lines, "", "next:", ...next.map((it) => `  ${it}`)].join("\n");
}

/**
 * Custom notification of Amazon Q Developer in chat applications; messages of one grant or finding are one thread.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
function chat({ title, facts, next }: Message, event: DbleaseEvent): string {
  return JSON.stringify({
    version: "1.0",
    source: "custom",
    content: {
      textType: "client-markdown",
      title,
      description: facts.map(([fact, value]) => `*${fact}*: ${value}`).join("\n"),
      nextSteps: next.map((it) => `\`${it}\``),
    },
    metadata: {
      threadId: topicOf(event).id,
      summary: title,
      eventType: event.name,
    },
  });
}

/** Subjects of SNS are ASCII, one line, below 100 characters (SNS API reference, Publish). */
function subject(title: string): string {
  return `dblease: ${title}`.replace(/[^\x20-\x7e]/g, "?").slice(0, 99);
}

/** Tells people of an event, if somebody has to do something about it. */
export async function sendMessage({ client, arnOf }: Topics, event: DbleaseEvent): Promise<void> {
  const message = messageOf(event);
  if (!message) return;
  const text = mail(message);
  await client.send(
    new PublishCommand({
      TopicArn: arnOf[message.to],
      Subject: subject(message.title),
      MessageStructure: "json",
      // Amazon Q Developer subscribes by https; everybody else reads text.
      Message: JSON.stringify({ default: text, https: chat(message, event) }),
      MessageAttributes: {
        event: { DataType: "String", StringValue: event.name },
        database: { DataType: "String", StringValue: topicOf(event).database },
      },
    }),
  );
}
