import { Duration, Stack } from "aws-cdk-lib";
import {
  AccountPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  ManagedPolicy,
  PermissionsBoundary,
  PolicyStatement,
  type PrincipalBase,
  Role,
} from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { acknowledgeStar } from "./acknowledge.ts";
import { DbleaseFunction, type Installation, iamArn } from "./dblease-function.ts";
import { temporaryUserArns } from "./iam-access.ts";

/** Below this path stand the roles of persons, and nothing else; src/iam/person-role.ts names it so. */
const path = "/dblease/";

/** Where Identity Center has its roles. */
const identityCenterRoles = "role/aws-reserved/sso.amazonaws.com/*";

/**
 * Policy mode: an IAM role for each person of the configuration, which that person alone may assume, and the one function
 * that writes their policies. Whatever it writes, the boundary leaves nothing but logins of temporary users.
 */
export class PersonRoles extends Construct {
  /** The roles of all persons, as the resource of a permission. */
  readonly all: string;
  private readonly write: DbleaseFunction;

  constructor(scope: Construct, id: string, installation: Installation, config: Config) {
    super(scope, id);
    this.all = iamArn(this, `role${path}*`);
    const boundary = this.boundary(config);
    const people = new Construct(this, "People");
    // Nearer than that of the whole stack, which would let these roles do more.
    PermissionsBoundary.of(people).apply(boundary);
    for (const [person, principals] of Object.entries(config.persons)) {
      new Role(people, person, {
        roleName: person,
        path,
        description: `dblease: ${person} signs tokens with it; one inline policy for each grant`,
        maxSessionDuration: Duration.hours(1),
        assumedBy: new CompositePrincipal(...principals.map((it) => this.principal(it, config))),
      });
    }
    this.write = new DbleaseFunction(this, "Policy", installation, {
      file: "person-policy",
      timeoutSeconds: 60,
    });
    installation.store.grantRead(this.write);
    this.allowPolicies(boundary);
  }

  /** Lets a function have the policy of a grant follow its row, and tells it how: `PERSON_POLICY_FUNCTION`. */
  open(to: DbleaseFunction): void {
    this.write.grantInvoke(to);
    to.addEnvironment("PERSON_POLICY_FUNCTION", this.write.live.functionArn);
  }

  private boundary({ databases }: Config): ManagedPolicy {
    const resources = temporaryUserArns(
      this,
      Object.values(databases).filter((it) => it.mode === "policy"),
    );
    const boundary = new ManagedPolicy(this, "Boundary", {
      description: "dblease: all that roles of persons can ever do",
      statements: [new PolicyStatement({ actions: ["rds-db:connect"], resources })],
    });
    for (const it of resources)
      acknowledgeStar(boundary, it, "A limit, not a right; each grant names its one user.");
    return boundary;
  }

  /** One principal of a person, as the configuration writes it. */
  private principal(it: string, { nameEnforcingRoles }: Config): PrincipalBase {
    const account = new AccountPrincipal(Stack.of(this).account);
    if (it.startsWith("iam-user/")) return new ArnPrincipal(iamArn(this, it.replace("iam-user", "user")));
    if (!it.startsWith("session/")) return account.withConditions({ StringEquals: { "aws:userid": it } });
    // Whoever may choose the session name is not let in.
    return account.withConditions({
      StringLike: { "aws:userid": `*:${it.slice("session/".length)}` },
      ArnLike: { "aws:PrincipalArn": [iamArn(this, identityCenterRoles), ...(nameEnforcingRoles ?? [])] },
    });
  }

  private allowPolicies(boundary: ManagedPolicy): void {
    this.write.allow(
      ["iam:GetRolePolicy", "iam:ListRolePolicies"],
      [this.all],
      "The roles of persons alone.",
    );
    this.write.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
        resources: [this.all],
        conditions: { StringEquals: { "iam:PermissionsBoundary": boundary.managedPolicyArn } },
      }),
    );
  }
}
