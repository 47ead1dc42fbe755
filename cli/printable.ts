/**
 * Text that other people wrote (reasons, tickets, names of tables) without what would move the cursor, recolour
 * the screen or break a line: a reason must not be able to paint a false receipt.
 */
export function printable(text: string): string {
  // \p{C}: control, format (bidirectional overrides among them), surrogate and private characters.
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
