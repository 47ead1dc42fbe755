/** Installation and grant id: the only thing that makes a database user ours, wherever an engine can keep it. */
import { DbleaseError } from "../errors.ts";
import { grantIdPattern } from "../grant.ts";
import type { Marker } from "./engine.ts";

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
