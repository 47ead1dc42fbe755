/** What was noted of the sessions of a grant: only ever added, so that duplicates and disorder change nothing. */
import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { SessionNote } from "../audit/session-note.ts";
import type { GrantId } from "../grant.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";

/** @param id of the log's own event, so that what is delivered twice is one. */
export async function noteSession(
  table: Table,
  grantId: GrantId,
  id: string,
  note: SessionNote,
): Promise<void> {
  // After all others: however often somebody is refused, no session is pushed out of an answer.
  const place = note.kind === "refused" ? `refused#${note.at}` : note.at;
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keys.session(grantId, place, id), ...note },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

/** Notes that a session is open at `note.at`, in place of an earlier look at it: one item a session, however long it lasts. */
export async function noteOpenSession(table: Table, grantId: GrantId, note: SessionNote): Promise<void> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keys.session(grantId, "open", note.connection), ...note },
        ConditionExpression: "attribute_not_exists(pk) OR #at < :at",
        ExpressionAttributeNames: { "#at": "at" },
        ExpressionAttributeValues: { ":at": note.at },
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

/** Notes of a grant, oldest first, refusals last; `limit` at most. `more`: there are others. */
export async function sessionNotes(
  table: Table,
  grantId: GrantId,
  limit: number,
): Promise<{ notes: SessionNote[]; more: boolean }> {
  const found = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": keys.session(grantId, "", "").pk },
      Limit: limit,
    }),
  );
  // Items under `session#` are written by this file alone, from a SessionNote.
  const notes = (found.Items ?? []).map(({ pk: _, sk: __, ...it }) => it as unknown as SessionNote);
  return { notes, more: found.LastEvaluatedKey !== undefined };
}
