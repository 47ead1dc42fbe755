/** Under which keys somebody stands on lines: person id, unique id and ARN are three names of one. */
import type { IAMClient } from "@aws-sdk/client-iam";
import type { Config } from "../config.ts";
import { findUser } from "../iam/find-people.ts";
import { grantsOf } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";

/** Of somebody who has asked for access, the grant remembers the ARN. */
async function arnsOf(table: Table, personId: string): Promise<string[]> {
  const [newest] = await grantsOf(table, personId, 1);
  return newest?.requester.principal ? [newest.requester.principal.arn] : [];
}

/**
 * @param word a person of the configuration, `iam-user/<name>`, `session/<name>`, a unique id, an ARN, or the name of
 * an Identity Center user. @throws NOT_FOUND for an IAM user that there is not
 */
export async function personKeys(
  { table, iam }: { table: Table; iam: IAMClient },
  config: Config,
  word: string,
): Promise<string[]> {
  if (word.startsWith("iam-user/")) {
    const user = await findUser(iam, word.slice("iam-user/".length), config);
    const principal = user.principal ? [user.principal.uniqueId, user.principal.arn] : [];
    return [...new Set([user.id, ...principal])];
  }
  if (Object.hasOwn(config.persons, word)) {
    const id = `person/${word}`;
    return [id, ...(config.persons[word] ?? []), ...(await arnsOf(table, id))];
  }
  if (/[/:]|^A(IDA|ROA)[A-Z0-9]+$/.test(word)) return [word, ...(await arnsOf(table, word))];
  return [`session/${word}`, ...(await arnsOf(table, `session/${word}`))];
}
