import { createHash } from "node:crypto";
import type { Fact } from "./audit-event.ts";
import type { CloudTrailRecord } from "./cloudtrail-record.ts";
import { plainText } from "./plain-text.ts";

/** What a record may tell of a call, by the fact's name. Whatever is not named here is not kept. */
const told: Readonly<Record<string, readonly string[]>> = {
  policy: ["policyName"],
  policyArn: ["policyArn"],
  policyVersion: ["versionId"],
  setAsDefault: ["setAsDefault"],
  group: ["groupName"],
  boundary: ["permissionsBoundary"],
  session: ["roleSessionName"],
  sourceIdentity: ["sourceIdentity"],
  durationSeconds: ["durationSeconds"],
  accessKey: ["accessKeyId"],
  secretVersion: ["clientRequestToken", "versionId"],
  stage: ["versionStage"],
  moveToVersion: ["moveToVersionId"],
  removeFromVersion: ["removeFromVersionId"],
  iamAuthentication: ["enableIAMDatabaseAuthentication"],
  manageMasterPassword: ["manageMasterUserPassword"],
  public: ["publiclyAccessible"],
  deletionProtection: ["deletionProtection"],
  applyImmediately: ["applyImmediately"],
  engine: ["engine"],
  masterUser: ["masterUsername"],
  snapshot: ["dBSnapshotIdentifier", "dBClusterSnapshotIdentifier"],
  parameterGroup: ["dBParameterGroupName", "dBClusterParameterGroupName"],
  optionGroup: ["optionGroupName"],
};

const secretsOnly = new Set(["secretVersion", "stage", "moveToVersion", "removeFromVersion"]);
/** Names by which a call hands over a policy document. */
const documents = ["policyDocument", "assumeRolePolicyDocument", "resourcePolicy", "policy"];

function factOf(value: unknown): Fact | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return plainText(value);
}

/** A document is known again by its SHA-256; what it allows is judged elsewhere, and it may hold anything. */
function documentFacts(parameters: Record<string, unknown>): Record<string, Fact> {
  const document = documents.map((it) => parameters[it]).find((it) => typeof it === "string");
  if (typeof document !== "string") return {};
  return { documentSha256: createHash("sha256").update(document).digest("hex") };
}

/** The few things that the record tells beyond who, when and to whom; never a password, a token or a document. */
export function factsOf(record: CloudTrailRecord): Record<string, Fact> {
  const { requestParameters: asked = {}, responseElements: answered = {}, eventSource } = record;
  const ofSecrets = eventSource === "secretsmanager.amazonaws.com";
  const facts: Record<string, Fact> = {};
  for (const [name, fields] of Object.entries(told)) {
    if (secretsOnly.has(name) ? !ofSecrets : ofSecrets && name === "policyVersion") continue;
    const fact = fields.map((field) => factOf(asked[field])).find((it) => it !== undefined);
    if (fact !== undefined) facts[name] = fact;
  }
  Object.assign(facts, documentFacts(asked));
  if (asked.masterUserPassword !== undefined) facts.masterPasswordChanged = true;
  if (typeof answered.iAMDatabaseAuthenticationEnabled === "boolean") {
    facts.iamAuthenticationIs = answered.iAMDatabaseAuthenticationEnabled;
  }
  // Whatever it is, one field of it is asked for.
  const key = factOf((answered.accessKey as Record<string, unknown> | undefined)?.accessKeyId);
  if (key !== undefined) facts.accessKey = key;
  const agent = plainText(record.userAgent, 120);
  return { source: eventSource, region: record.awsRegion, ...facts, ...(agent ? { userAgent: agent } : {}) };
}
