/** COMMENT ON ROLE holds the marker: the marker of the role in this row of pg_roles or pg_authid. */
export function storedMarker(roleOid: string): string {
  return `pg_catalog.shobj_description(${roleOid}, 'pg_authid')`;
}
