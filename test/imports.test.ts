import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Who may import what, by folder (docs/design.md, section 3). The first row that fits a file counts. */
const allowed: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [
    /^cli\//,
    /^(cli\/|src\/(grant|events|errors|receipt|views|duration|approval-text|identity|config)\.ts$|src\/verifiers\/|src\/audit\/day-digest\.ts$|package\.json$)/,
  ],
  [/^functions\//, /^src\//],
  [/^bench\//, /^(bench\/|cli\/proxy\/|local-stack\/|src\/|infra\/bundle-functions\.ts$|test\/)/],
  [/^infra\//, /^(infra\/|src\/(config|errors|has-admin|proxy-id)\.ts$)/],
  [/^src\/engines\//, /^src\/(engines\/|verifiers\/|connect\/|grant\.ts|receipt\.ts|errors\.ts)/],
  [/^src\/connect\//, /^src\/(connect\/|engines\/engine\.ts|grant\.ts|errors\.ts)/],
  [/^src\/store\//, /^src\/(store\/|audit\/(audit-event|day-digest|session-note)\.ts$|[a-z-]+\.ts$)/],
  [/^src\//, /^src\//],
];

function importsOf(file: string): { path: string; typeOnly: boolean }[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+)"/gms)].map((match) => ({
    path: relative(root, join(root, dirname(file), match[2] ?? "")),
    typeOnly: match[1] !== undefined,
  }));
}

const files = globSync(["bench/**/*.ts", "cli/**/*.ts", "functions/*.ts", "infra/**/*.ts", "src/**/*.ts"], {
  cwd: root,
});

test("imports go one way only", () => {
  const wrong = files.flatMap((file) => {
    const rule = allowed.find(([from]) => from.test(file));
    return importsOf(file)
      .filter(({ path }) => !rule?.[1].test(path))
      .map(({ path }) => `${file} imports ${path}`);
  });
  expect(files.length).toBeGreaterThan(60);
  expect(wrong).toEqual([]);
});

test("the CLI takes only types from the configuration, and zod stays out of engine functions", () => {
  const values = files
    .filter((file) => file.startsWith("cli/"))
    .flatMap((file) => importsOf(file).filter(({ path, typeOnly }) => path === "src/config.ts" && !typeOnly));
  expect(values).toEqual([]);
});
