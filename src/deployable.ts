/** What speaks against putting a configuration in force in this account and region (pure). */
import type { Config } from "./config.ts";
import { DbleaseError } from "./errors.ts";
import { type Grant, waitingStatuses } from "./grant.ts";

/** Where the stack stands. */
export interface Here {
  account: string;
  region: string;
}

/** Every secret that functions read, with its place in the file. */
function secrets(config: Config): (readonly [place: string, secret: string])[] {
  const admins = Object.entries(config.databases).map(
    ([id, it]) => [`databases.${id}.adminSecret`, it.adminSecret] as const,
  );
  const rotated = Object.entries(config.rotations).map(
    ([id, it]) => [`rotations.${id}.secret`, it.secret] as const,
  );
  return [...admins, ...rotated].flatMap(([place, secret]) => (secret ? [[place, secret] as const] : []));
}

/**
 * Secrets and servers of other accounts and regions are not looked for: functions, endpoints and permissions are all of one.
 * @throws BAD_CONFIGURATION naming the first that is elsewhere, or is only an environment variable.
 */
export function assertSecretsAreHere(config: Config, { account, region }: Here): void {
  for (const [place, secret] of secrets(config)) {
    if (secret.startsWith("env:")) {
      throw new DbleaseError("BAD_CONFIGURATION", `${place}: ${secret} works only with npm run local`, {
        next: "store the login in Secrets Manager and name the secret's ARN",
      });
    }
    const [, , , itsRegion, itsAccount] = secret.split(":");
    if (itsRegion === region && itsAccount === account) continue;
    throw new DbleaseError(
      "BAD_CONFIGURATION",
      `${place}: ${secret} is of account ${itsAccount}, region ${itsRegion}; this installation is of ${account}, ${region}`,
      { next: "deploy dblease there as well; one installation serves one account and region" },
    );
  }
}

function hasRole(config: Config | undefined, person: string): boolean {
  const isPolicyMode = Object.values(config?.databases ?? {}).some((it) => it.mode === "policy");
  return isPolicyMode && config?.persons[person] !== undefined;
}

/** The grant could not be ended any more: its database, or the right to read the secret it was made with, would be gone. */
export function isStrandedBy(config: Config | undefined, grant: Grant): boolean {
  // What waits has made nothing yet.
  if (waitingStatuses.includes(grant.status)) return false;
  // The deploy makes the roles of persons, and the function that takes policies off them.
  if (grant.personRole && !hasRole(config, grant.requester.name)) return true;
  const { id, engine, adminSecret, adminUser } = grant.database;
  if (config?.databases[id] === undefined) return true;
  // The functions of an engine may log in as the admins of its databases, and as nobody else.
  const known = Object.values(config.databases).filter((it) => it.engine === engine);
  return adminUser !== undefined
    ? !known.some((it) => it.adminUser === adminUser)
    : !known.some((it) => it.adminSecret === adminSecret);
}
