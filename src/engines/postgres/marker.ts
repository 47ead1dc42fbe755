/** COMMENT ON ROLE with installation and grant id: the only thing that makes a user ours. */
import { DbleaseError } from "../../errors.ts";
import { grantIdPattern } from "../../grant.ts";
import type { Marker } from "../engine.ts";

const installationPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** `dblease:<installation>:<grant id>`. Throws BAD_NAME where the two could not be told apart again. */
export function markerText(marker: Marker): string {
  if (installationPattern.test(marker.installation) && grantIdPattern.test(marker.grantId)) {
    return `dblease:${marker.installation}:${marker.grantId}`;
  }
  throw new DbleaseError("BAD_NAME", "installation or grant id has characters that a marker cannot hold", {
    next: "name the installation with letters, digits, dots and dashes",
  });
}

/** The marker of the role in this row of pg_roles or pg_authid. */
export function storedMarker(roleOid: string): string {
  return `pg_catalog.shobj_description(${roleOid}, 'pg_authid')`;
}
