import type { IncomingMessage } from "node:http";
import { Failure } from "../failure.ts";

/** A reason has 500 characters at most; encoded for a form and with a token this is ample. */
const mostBytes = 16_384;

/** The fields of a form. @throws USAGE for a body that no form of this page sends. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Failure("USAGE", "that form is too long", "write a shorter reason");
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString("utf8"));
}
