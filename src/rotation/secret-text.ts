/** Changes single fields in the JSON text of a secret; everything else stays byte for byte as its owner wrote it. */

/** A JSON string, or a run of anything that is neither string nor bracket (RFC 8259). */
const token = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^"[\]{}]+/gs;

/**
 * The text with other values for these string fields of the outermost object; a field that is not there is not added.
 * @param text an object in JSON, already parsed once by the caller.
 */
export function withFields(text: string, fields: Readonly<Record<string, string>>): string {
  let depth = 0;
  let lastString = "";
  let field: string | undefined;
  return text.replace(token, (part) => {
    if (part === "{" || part === "[") depth += 1;
    else if (part === "}" || part === "]") depth -= 1;
    const isString = part.startsWith('"');
    if (isString && depth === 1 && field !== undefined) {
      const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
      field = undefined;
      return value === undefined ? part : JSON.stringify(value);
    }
    // A colon makes the string before it a name; a value that is no string ends with the next comma.
    if (depth === 1 && !isString) field = part.trimEnd().endsWith(":") ? nameOf(lastString) : undefined;
    if (isString) lastString = part;
    return part;
  });
}

/** Names may be written with escapes. */
function nameOf(text: string): string {
  return String(JSON.parse(text));
}
