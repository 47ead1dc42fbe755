/** Attributes to set, and to remove where `undefined`, as an update expression; every name is a placeholder. */
export function updateExpression(patch: Readonly<Record<string, unknown>>) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const set: string[] = [];
  const remove: string[] = [];
  Object.entries(patch).forEach(([name, value], index) => {
    names[`#a${index}`] = name;
    if (value === undefined) {
      remove.push(`#a${index}`);
    } else {
      values[`:a${index}`] = value;
      set.push(`#a${index} = :a${index}`);
    }
  });
  const expression = [
    set.length > 0 ? `SET ${set.join(", ")}` : "",
    remove.length > 0 ? `REMOVE ${remove.join(", ")}` : "",
  ];
  return { expression: expression.filter(Boolean).join(" "), names, values };
}
