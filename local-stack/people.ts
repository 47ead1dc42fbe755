import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import type { AwsAccess } from "./aws-access.ts";

/** The IAM users of the local account, each with the output of the stack that names its managed policy. */
const policyOutputs = {
  admin: "AdminPolicyArn",
  requester: "RequesterPolicyArn",
  approver: "ApproverPolicyArn",
  auditor: "AuditorPolicyArn",
} as const;

export type Person = keyof typeof policyOutputs;
export type People = Record<Person, AwsAccess>;

/** The users without any permission yet: the configuration names them, so they are there before it is deployed. */
export async function createPeople(root: AwsAccess): Promise<People> {
  const iam = new IAMClient(root);
  return {
    admin: await createUser(iam, root, "admin"),
    requester: await createUser(iam, root, "requester"),
    approver: await createUser(iam, root, "approver"),
    auditor: await createUser(iam, root, "auditor"),
  };
}

/** Who deploys, as a company's pipeline would: may do everything in the account, and is no person of dblease. */
export async function createDeployer(root: AwsAccess): Promise<AwsAccess> {
  const iam = new IAMClient(root);
  const deployer = await createUser(iam, root, "deployer");
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  await iam.send(
    new PutUserPolicyCommand({
      UserName: "deployer",
      PolicyName: "deploy",
      PolicyDocument: JSON.stringify(everything),
    }),
  );
  return deployer;
}

/** Gives each person exactly the policy that dblease's own stack made for such a person. */
export async function attachPolicies(deployer: AwsAccess, outputs: Record<string, string>): Promise<void> {
  const iam = new IAMClient(deployer);
  for (const [person, output] of Object.entries(policyOutputs)) {
    const arn = outputs[output];
    if (arn) await iam.send(new AttachUserPolicyCommand({ UserName: person, PolicyArn: arn }));
  }
}

async function createUser(iam: IAMClient, access: AwsAccess, name: string): Promise<AwsAccess> {
  await iam.send(new CreateUserCommand({ UserName: name }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  if (!AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey) throw new Error(`IAM made no key for ${name}.`);
  const credentials = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
  return { ...access, credentials };
}
