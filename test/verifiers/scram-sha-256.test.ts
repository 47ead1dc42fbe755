import fc from "fast-check";
import { expect, test } from "vitest";
import { checkScramSha256 } from "../../src/verifiers/check-scram-sha-256.ts";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";

const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");

test("the example of RFC 7677 gives the keys that its messages prove", () => {
  // User "user", password "pencil", 4096 iterations: section 3. The server signature there comes from ServerKey.
  expect(scramSha256("pencil", salt)).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  );
});

test("every verifier that is made is a verifier that is taken", () => {
  const passwords = fc.stringMatching(/^[\x20-\x7e]{1,40}$/);
  const salts = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(passwords, salts, (password, bytes) => checkScramSha256(scramSha256(password, bytes))),
    { numRuns: 50 },
  );
});

test.each([
  ["no password", "", salt],
  ["a password that SASLprep might change", "pass\u00adword", salt],
  ["a short salt", "pencil", salt.subarray(1)],
])("%s makes no verifier", (_, password, bytes) => {
  expect(() => scramSha256(password, bytes)).toThrow(RangeError);
});

const good = scramSha256("pencil", salt);
const key = Buffer.alloc(32, 1).toString("base64");

test.each([
  ["empty", ""],
  ["a plain password", "pencil"],
  ["md5", "md5a3556571e93b0d20722ba62be61e8c2d"],
  ["two thousand million iterations", good.replace("4096", "2147483647")],
  ["4095 iterations", good.replace("4096", "4095")],
  ["04096 iterations", good.replace("4096", "04096")],
  ["a salt of 15 bytes", `SCRAM-SHA-256$4096:${Buffer.alloc(15).toString("base64")}$${key}:${key}`],
  ["a salt of 17 bytes", `SCRAM-SHA-256$4096:${Buffer.alloc(17).toString("base64")}$${key}:${key}`],
  [
    "a key of 31 bytes",
    `SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$${Buffer.alloc(31).toString("base64")}:${key}`,
  ],
  [
    "a key of 33 bytes",
    `SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$${key}:${Buffer.alloc(33).toString("base64")}`,
  ],
  ["bits behind the salt's last byte", `SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAB==$${key}:${key}`],
  [
    "bits behind a key's last byte",
    `SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$${key}:${key.replace("E=", "F=")}`,
  ],
  ["base64url", good.replace("/", "_").replace("+", "-").replace("SCRAM", "scram")],
  ["a newline at the end", `${good}\n`],
  ["a quote at the end", `${good}'`],
  ["another statement", `${good}'; DROP ROLE admin; --`],
])("%s is refused", (_, verifier) => {
  expect(() => checkScramSha256(verifier)).toThrow(expect.objectContaining({ code: "BAD_VERIFIER" }));
});

test("no change of one character in shape or length goes through, and the refusal does not repeat it", () => {
  fc.assert(
    fc.property(
      fc.nat(good.length),
      fc.constantFrom("'", "$", ":", "=", " ", "\u0000", "é"),
      (at, character) => {
        const changed = good.slice(0, at) + character + good.slice(at);
        try {
          checkScramSha256(changed);
          return false;
        } catch (error) {
          return !String(error).includes(changed);
        }
      },
    ),
  );
});
