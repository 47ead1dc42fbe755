import { DbleaseError } from "../errors.ts";
import type { Engine } from "../grant.ts";

/**
 * Whether what stands for a verifier is the password itself. Oracle documents no clause that takes anything else: IDENTIFIED
 * BY VALUES is what its exports write, in a form that changes with its versions.
 */
export function passwordTravels(engine: Engine): boolean {
  return engine === "oracle";
}

/** Throws REFUSED where a person's password would have to travel and the configuration does not allow it. */
export function assertMayTravel(
  engine: Engine,
  id: string,
  database: { passwordsOverApi: boolean } | undefined,
): void {
  if (!passwordTravels(engine) || database?.passwordsOverApi) return;
  throw new DbleaseError(
    "REFUSED",
    `${engine} stores no verifier, and database ${id} takes no passwords over the API`,
    {
      next: `set passwordsOverApi: true for databases.${id} in dblease.yaml; services need it not`,
    },
  );
}
