/** What somebody gets who has no checkout: the tarball, in an empty folder, with nothing of ours around it. */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "dblease-package-"));
const installed = join(folder, "node_modules/dblease");

function run(program: string, words: string[], env: NodeJS.ProcessEnv = {}): string {
  return execFileSync(program, words, {
    cwd: folder,
    encoding: "utf8",
    // What a program says of its failure is in the error that is thrown.
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...env },
  });
}

beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
  });
  writeFileSync(join(folder, "package.json"), '{ "name": "somewhere-else", "type": "module" }');
  const offline = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  run("npm", ["install", ...offline, `./${packed.trim().split("\n").at(-1)}`], { HOME: folder });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("one package comes, and nothing with it", () => {
  expect(readdirSync(join(folder, "node_modules")).filter((it) => !it.startsWith("."))).toEqual(["dblease"]);
  expect(readdirSync(installed).sort()).toEqual(["LICENSE", "README.md", "dist", "docs", "package.json"]);
  const shipped = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(shipped.filter((it) => it.endsWith(".ts") && !it.endsWith(".d.ts"))).toEqual([]);
});

test("the CLI runs, also one of its commands that load more", () => {
  const dblease = join(folder, "node_modules/.bin/dblease");
  expect(run(dblease, ["--version"])).toContain(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version,
  );
  expect(run(dblease, ["--help"])).toContain("request");
  cpSync(join(root, "dblease.yaml"), join(folder, "dblease.yaml"));
  expect(run(dblease, ["policy", "check", "dblease.yaml"])).toBeTruthy();
});

test("the construct is part of a CDK app of somebody else, whose types fit", () => {
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  for (const it of ["aws-cdk-lib", "constructs", "@types/node"]) {
    symlinkSync(join(root, "node_modules", it), join(folder, "node_modules", it));
  }
  cpSync(join(root, "test/infra/everything.yaml"), join(folder, "everything.yaml"));
  writeFileSync(
    join(folder, "app.ts"),
    `import { App, Stack } from "aws-cdk-lib";
import { type Configuration, Dblease, findNetwork, readConfiguration } from "dblease";

const app = new App();
const configuration: Configuration = await findNetwork(readConfiguration("everything.yaml"));
const dblease = new Dblease(new Stack(app, "Theirs"), "Access", { configuration });
dblease.node.addMetadata("theirs", configuration.isComplete);
app.synth();
`,
  );
  const strict = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2022", "--skipLibCheck"];
  run(join(root, "node_modules/.bin/tsc"), [...strict, "--types", "node", "app.ts"]);
  run("node", ["app.ts"], { CDK_OUTDIR: join(folder, "cdk.out") });

  const template = JSON.parse(readFileSync(join(folder, "cdk.out/Theirs.template.json"), "utf8"));
  const resources = Object.values<{ Type: string; Properties: Record<string, unknown> }>(template.Resources);
  const count = (type: string) => resources.filter((it) => it.Type === type).length;
  expect(count("AWS::Lambda::Function")).toBeGreaterThan(12);
  expect(count("AWS::StepFunctions::StateMachine")).toBe(5);
  const bundles = readdirSync(join(folder, "cdk.out"), { recursive: true, encoding: "utf8" });
  expect(bundles.filter((it) => it.endsWith("index.mjs")).length).toBeGreaterThan(12);
});

test("an app in CommonJS takes it as well", () => {
  writeFileSync(join(folder, "app.cjs"), 'console.log(Object.keys(require("dblease")).sort().join())');
  expect(run("node", ["app.cjs"]).trim()).toBe("Dblease,IamEvents,findNetwork,readConfiguration");
});

test("a mistake in the file is named as in the checkout", () => {
  writeFileSync(join(folder, "wrong.yaml"), "databases: 7");
  const words = [
    "--input-type=module",
    "-e",
    'import("dblease").then((it) => it.readConfiguration("wrong.yaml"))',
  ];
  expect(() => run("node", words)).toThrow(/wrong\.yaml/);
});

test("the licences of what is bundled come along", () => {
  const licenses = readFileSync(join(installed, "dist/package/licenses.txt"), "utf8");
  for (const it of ["pg 8", "mysql2 3", "commander 15", "zod 4", "Apache License"])
    expect(licenses).toContain(it);
});
