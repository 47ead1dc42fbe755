import fc from "fast-check";

/** What ends, opens or escapes something in SQL, YAML, JSON, a path, a format or a terminal. */
const pieces = [
  ...[
    "'",
    '"',
    "\\",
    "\\'",
    "''",
    '""',
    "$$",
    "$x$",
    ";",
    "--",
    "/*",
    "*/",
    "E'",
    "U&'",
    "`",
    "%s",
    "%",
    "?",
    ":a",
  ],
  ...[
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "<<",
    "!!js",
    "#",
    "|",
    ">",
    "\t",
    "\n",
    "\r\n",
    "../",
    "/",
    "..",
    "%2f",
  ],
  ...[
    "\u202e",
    "\ufeff",
    "\u0301",
    "\u001b[2J",
    "😀",
    "ſ",
    "İ",
    "=cmd()",
    "<script>",
    "__proto__",
    "constructor",
  ],
  ...[
    "'; DROP TABLE orders; --",
    "pg_catalog",
    "jit_owner",
    "master",
    "public",
    "null",
    "true",
    "0",
    "1e9",
    "-1",
    "NaN",
  ],
];

/** Text that means harm, or any text at all; never a NUL, which no PostgreSQL string can hold. */
export const hostile: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "grapheme", maxLength: 4 })), {
    maxLength: 7,
  })
  .map((parts) => parts.join("").replaceAll("\0", ""));

/** A name as PostgreSQL takes it from somebody: anything, 1 to 63 bytes long. */
export const hostileName: fc.Arbitrary<string> = hostile.filter((name) => {
  const bytes = Buffer.byteLength(name);
  return bytes > 0 && bytes < 64 && !name.startsWith("pg_");
});
