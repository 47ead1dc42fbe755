import { type Document, isMap, isSeq } from "yaml";

/** Puts databases into a configuration that have the roles of `model`, and the rules that name it. */
export function standBeside(
  document: Document,
  model: string,
  databases: Readonly<Record<string, object>>,
): void {
  const roles = document.getIn(["databases", model, "roles"]);
  for (const [id, database] of Object.entries(databases)) {
    document.setIn(["databases", id], document.createNode({ ...database, roles }));
  }
  const rules = document.get("rules");
  for (const rule of isSeq(rules) ? rules.items : []) {
    const named = isMap(rule) ? rule.get("databases") : undefined;
    if (!isSeq(named) || !named.items.some((item) => String(item) === model)) continue;
    for (const id of Object.keys(databases)) named.add(id);
  }
}
