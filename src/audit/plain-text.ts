/** What strangers wrote, as one short line: no control or direction characters, nothing that fills the table. */
export function plainText(value: unknown, length = 200): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const plain = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, " ").trim();
  return plain.length <= length ? plain || undefined : `${plain.slice(0, length - 1).trimEnd()}…`;
}
