/** An IAM policy document as statements, whatever its spelling allows. */
export interface Statement {
  /** Its Sid, or its number in the document. */
  name: string;
  effect: "allow" | "deny";
  actions?: readonly string[];
  notActions?: readonly string[];
  resources?: readonly string[];
  notResources?: readonly string[];
  /** Operator and key of each condition. */
  conditions: readonly string[];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] | undefined {
  return value === undefined ? undefined : [value].flat().filter((it) => typeof it === "string");
}

/** IAM takes the names of elements in any case. */
function element(of: Record<string, unknown>, name: string): unknown {
  return Object.entries(of).find(([key]) => key.toLowerCase() === name)?.[1];
}

function conditionsOf(value: unknown): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    (isObject(keys) ? Object.keys(keys) : []).map((key) => `${operator} ${key}`),
  );
}

function statement(it: Record<string, unknown>, index: number): Statement | undefined {
  const effect = String(element(it, "effect")).toLowerCase();
  if (effect !== "allow" && effect !== "deny") return undefined;
  const lists = {
    actions: texts(element(it, "action")),
    notActions: texts(element(it, "notaction")),
    resources: texts(element(it, "resource")),
    notResources: texts(element(it, "notresource")),
  };
  const given = Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined));
  const sid = element(it, "sid");
  const name = typeof sid === "string" && sid !== "" ? sid : `number ${index + 1}`;
  return { name, effect, ...given, conditions: conditionsOf(element(it, "condition")) };
}

/** Undefined: it cannot be read, so nothing may be concluded from it. */
export function policyStatements(document: string): Statement[] | undefined {
  try {
    const read: unknown = JSON.parse(document);
    const listed = isObject(read) ? element(read, "statement") : undefined;
    if (listed === undefined) return undefined;
    return [listed].flat().flatMap((it, index) => (isObject(it) ? (statement(it, index) ?? []) : []));
  } catch {
    return undefined;
  }
}
