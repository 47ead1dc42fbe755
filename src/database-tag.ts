/** The tag that `tag/<key>=<value>` means in a rule's list of databases; undefined: it is no such name. */
export function databaseTag(name: string): { key: string; value: string } | undefined {
  const { key, value } = /^tag\/(?<key>[^=]+)=(?<value>.*)$/.exec(name)?.groups ?? {};
  return key === undefined || value === undefined ? undefined : { key, value };
}
