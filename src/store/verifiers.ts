/** The verifiers of grants, in items of their own: no event, no stream record and no workflow carries one. */
import { GetCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { Grant, GrantId } from "../grant.ts";
import { conflictOr, isConditionFailure, keys, type Table } from "./table.ts";

export interface StoredVerifier {
  number: number;
  verifier: string;
}

/** The newest verifier of a grant. @throws NOT_FOUND */
export async function readVerifier(table: Table, id: GrantId): Promise<StoredVerifier> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.verifier(id), ConsistentRead: true }),
  );
  if (found.Item) return { number: Number(found.Item.number), verifier: String(found.Item.verifier) };
  throw new DbleaseError("NOT_FOUND", `grant ${id} has no verifier`, {
    next: `dblease credential ${id} --new`,
  });
}

/** Leaves nothing of a verifier but its number; one that came meanwhile stays. */
export async function forgetVerifier(table: Table, id: GrantId, number: number): Promise<void> {
  const forgetting = new UpdateCommand({
    TableName: table.name,
    Key: keys.verifier(id),
    UpdateExpression: "SET verifier = :none",
    ConditionExpression: "#number = :number",
    ExpressionAttributeNames: { "#number": "number" },
    ExpressionAttributeValues: { ":none": "", ":number": number },
  });
  await table.client.send(forgetting).catch((error: unknown) => {
    if (!isConditionFailure(error)) throw error;
  });
}

/**
 * Replaces the verifier of a grant that has not ended, and raises its number so that the workflow applies it.
 * @throws CONFLICT if the grant changed meanwhile.
 */
export async function replaceVerifier(
  table: Table,
  grant: Grant,
  verifier: string,
  dueAt: string,
): Promise<number> {
  const number = grant.verifierNumber + 1;
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: table.name,
              Key: keys.grant(grant.id),
              UpdateExpression: "SET verifierNumber = :next, dueAt = :due",
              ExpressionAttributeNames: { "#status": "status", "#number": "verifierNumber" },
              ExpressionAttributeValues: {
                ":next": number,
                ":due": dueAt,
                ":status": grant.status,
                ":number": grant.verifierNumber,
              },
              ConditionExpression: "#status = :status AND #number = :number",
            },
          },
          { Put: { TableName: table.name, Item: { ...keys.verifier(grant.id), number, verifier } } },
        ],
      }),
    );
    return number;
  } catch (error) {
    throw conflictOr(error, grant.id);
  }
}
