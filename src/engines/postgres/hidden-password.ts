/**
 * `ALTER ROLE ... PASSWORD` that shows no server log what a password could be guessed from. The server makes a one-time
 * pad and sends it over TLS; what comes back is the verifier under that pad, put together inside a DO block. A log of all
 * statements, of slow ones or of failed ones holds the block, which is worthless without the pad.
 */
import { scramSaltBytes, scramSha256 } from "../../verifiers/scram-sha-256.ts";
import { block } from "./guard.ts";
import { literal } from "./quote.ts";

/** StoredKey and ServerKey, 32 bytes each. */
const keyBytes = 64;

/** Keeps the pad in the session and answers it: 64 bytes from two random UUIDs, as `pad` in hex. */
export const makePad = `SELECT pg_catalog.set_config('dblease.pad', pg_catalog.encode(pg_catalog.sha512(
  pg_catalog.convert_to(pg_catalog.gen_random_uuid()::pg_catalog.text || pg_catalog.gen_random_uuid()::pg_catalog.text,
  'UTF8')), 'hex'), false) AS pad`;

/** The statement for a pad that this session has made. Throws RangeError for another pad. */
export function setPassword(
  username: string,
  password: string,
  pad: string,
  randomBytes: (count: number) => Uint8Array,
): string {
  const mask = Buffer.from(pad, "hex");
  if (mask.length !== keyBytes) throw new RangeError(`a pad has ${keyBytes} bytes`);
  const [head, keys] = split(scramSha256(password, randomBytes(scramSaltBytes)));
  const hidden = Buffer.from(keys.map((byte, index) => byte ^ (mask[index] ?? 0))).toString("hex");
  // Eight words of 64 bits; an error inside must not carry the inner statement as its context, a time-out neither.
  return block(`DECLARE
  keys pg_catalog.text := '';
BEGIN
  FOR word IN 0..7 LOOP
    keys := keys || pg_catalog.lpad(pg_catalog.to_hex((
      ('x' || pg_catalog.substr('${hidden}', word * 16 + 1, 16))::pg_catalog.bit(64) #
      ('x' || pg_catalog.substr(pg_catalog.current_setting('dblease.pad'), word * 16 + 1, 16))::pg_catalog.bit(64)
    )::pg_catalog.int8), 16, '0');
  END LOOP;
  EXECUTE pg_catalog.format('ALTER ROLE %I PASSWORD %L', ${literal(username)}, ${literal(head)}
    || pg_catalog.encode(pg_catalog.decode(pg_catalog.substr(keys, 1, 64), 'hex'), 'base64') || ':'
    || pg_catalog.encode(pg_catalog.decode(pg_catalog.substr(keys, 65), 'hex'), 'base64'));
EXCEPTION WHEN OTHERS OR query_canceled THEN
  RAISE EXCEPTION 'the password was not changed' USING ERRCODE = SQLSTATE;
END`);
}

/** `SCRAM-SHA-256$<iterations>:<salt>$`, and the two keys. */
function split(verifier: string): [head: string, keys: Uint8Array] {
  const at = verifier.lastIndexOf("$") + 1;
  const [storedKey = "", serverKey = ""] = verifier.slice(at).split(":");
  return [
    verifier.slice(0, at),
    Buffer.concat([Buffer.from(storedKey, "base64"), Buffer.from(serverKey, "base64")]),
  ];
}
