/** Freezes: one item a scope, kept when lifted; each change with an event of its own in the same transaction. */
import { BatchGetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { Freeze, FreezeScope } from "../freeze.ts";
import { keys, type Table } from "./table.ts";

/** The freezes in force among these scopes, read strongly. */
export async function findFreezes(table: Table, scopes: readonly FreezeScope[]): Promise<Freeze[]> {
  const found = await table.client.send(
    new BatchGetCommand({
      RequestItems: { [table.name]: { Keys: scopes.map(keys.freeze), ConsistentRead: true } },
    }),
  );
  // Items under `freeze` are written by this file alone.
  const all = (found.Responses?.[table.name] ?? []) as Freeze[];
  return all.filter((it) => it.liftedAt === undefined);
}

/** @throws FROZEN with who froze it and why. */
export async function assertNotFrozen(table: Table, scopes: readonly FreezeScope[]): Promise<void> {
  const [freeze] = await findFreezes(table, scopes);
  if (freeze) throw frozen(freeze);
}

function frozen({ scope, by, reason }: Freeze): DbleaseError {
  const what = scope === "all" ? "all access" : scope.replace("/", " ");
  return new DbleaseError("FROZEN", `${by.name} has frozen ${what}: ${reason}`, {
    next: "wait until another administrator lifts it: dblease unfreeze",
  });
}

/** Items of a transaction that fail it where one of these scopes is frozen. */
export function unlessFrozen(table: Table, scopes: readonly FreezeScope[]) {
  return scopes.map((scope) => ({
    ConditionCheck: {
      TableName: table.name,
      Key: keys.freeze(scope),
      ConditionExpression: "attribute_not_exists(pk) OR attribute_exists(liftedAt)",
    },
  }));
}

/** Writes a freeze, new or lifted, with its event. */
export async function writeFreeze(table: Table, freeze: Freeze): Promise<void> {
  const at = freeze.liftedAt ?? freeze.at;
  const name = freeze.liftedAt ? "FreezeLifted" : "Frozen";
  await table.client.send(
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: table.name, Item: { ...keys.freeze(freeze.scope), ...freeze } } },
        {
          Put: {
            TableName: table.name,
            Item: { pk: "event#freeze", sk: `${at}#${freeze.scope}`, name, at, freeze },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
      ],
    }),
  );
}
