import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { giveTo, type PostgresAccount } from "./postgres-account.ts";

/** A Unix socket's path has about 100 characters at most: a deep checkout needs another place for it. */
export function folderForSocket(folder: string, account?: PostgresAccount): string {
  if (folder.length < 80) return folder;
  const elsewhere = mkdtempSync(join(tmpdir(), "dblease-"));
  giveTo(account, elsewhere);
  return elsewhere;
}
