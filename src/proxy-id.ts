/** Whether an RDS resource id is that of a proxy; all others are servers. */
export function isProxyId(resourceId: string): boolean {
  return resourceId.startsWith("prx-");
}
