/**
 * Everything that each role and each managed policy of the stack allows, as one text: permissions.txt. A permission
 * that is not in that text fails here. After a change that is meant, `npx vitest run test/infra -u` writes the text
 * again, and its difference is what a reviewer reads. test/journeys/permissions.test.ts tries the same on IAM.
 */
import { expect, test } from "vitest";
import { sampleTemplate } from "./sample-stack.ts";

const template = sampleTemplate();

/** `DbleaseGrantsTable4F549256` as `GrantsTable`. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/^Dblease/, "").replace(/[0-9A-F]{8}$/, "");
}

/** A value of CloudFormation as a person would write it. */
function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(text).join(", ");
  const [[key, inner] = ["", ""]] = Object.entries(value as object);
  if (key === "Ref") return inner.startsWith("AWS::") ? `<${inner.slice(5)}>` : `<${nameOf(inner)}>`;
  if (key === "Fn::GetAtt") return `<${nameOf(inner[0])}${inner[1] === "Arn" ? "" : `.${inner[1]}`}>`;
  if (key === "Fn::Join") return inner[1].map(text).join(inner[0]);
  throw new Error(`how would a person write ${JSON.stringify(value)}?`);
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Principal?: Record<string, unknown>;
  Condition?: Record<string, Record<string, unknown>>;
}

function lines({ Effect, Action, Resource, Condition = {} }: Statement): string[] {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ` if ${operator} ${key}: ${text(value)}`),
  );
  return [Action]
    .flat()
    .flatMap((action) =>
      [Resource].flat().map((resource) => `${Effect} ${action} on ${text(resource)}${conditions.join("")}`),
    );
}

function trust(): string[] {
  return Object.entries(template.findResources("AWS::IAM::Role"))
    .flatMap(([id, { Properties: it }]) =>
      (it.AssumeRolePolicyDocument.Statement as Statement[]).flatMap(({ Principal, ...rest }) =>
        lines({ ...rest, Resource: nameOf(id) }).map(
          (line) => `${text(Object.values(Principal ?? {}))}: ${line}`,
        ),
      ),
    )
    .sort();
}

function policies(type: string): string[] {
  return Object.entries(template.findResources(type))
    .map(([id, { Properties: it }]) => {
      const of = it.Roles ? it.Roles.map(text).join(", ") : nameOf(id);
      const statements = (it.PolicyDocument.Statement as Statement[]).flatMap(lines).sort();
      return `${of}\n${statements.map((line) => `  ${line}\n`).join("")}`;
    })
    .sort();
}

test("no role and no managed policy allows more than is written down", async () => {
  const assumed = `Who takes which role\n${trust()
    .map((line) => `  ${line}\n`)
    .join("")}`;
  const found = [assumed, ...policies("AWS::IAM::Policy"), ...policies("AWS::IAM::ManagedPolicy")].join("\n");
  await expect(found).toMatchFileSnapshot("permissions.txt");
});

test("no role has a policy that stands elsewhere", () => {
  for (const [id, { Properties: it }] of Object.entries(template.findResources("AWS::IAM::Role"))) {
    expect([id, it.ManagedPolicyArns, it.Policies]).toEqual([id, undefined, undefined]);
  }
});
