/** The examples written beside the rules: what each rule is meant to say, tried whenever the file is read (pure). */
import type { Config, RuleExample } from "./config.ts";
import { type AccessRequest, type Decision, decide, hoursMatter } from "./decide.ts";

export interface ExampleResult {
  /** `rules.<rule>.examples.<position>`. */
  place: string;
  rule: string;
  example: RuleExample;
  decision: Decision;
  /** The example names no instant, but hours of a rule decide about it. */
  needsTime: boolean;
}

function requestOf(example: RuleExample, config: Config): AccessRequest {
  const declared = Object.hasOwn(config.persons, example.as);
  return {
    person: {
      id: declared ? `person/${example.as}` : `named/${example.as}`,
      name: example.as,
      traits: { iamGroups: example.iamGroups, tags: example.tags },
    },
    database: example.database,
    role: example.role,
    durationSeconds: example.for,
    reason: example.reason,
    ticket: example.ticket,
    breakGlass: example.breakGlass,
  };
}

/** Asks the rules what each example asks. */
export function runExamples(config: Config): ExampleResult[] {
  return config.rules.flatMap(({ id, examples }) =>
    examples.map((example, position) => {
      const request = requestOf(example, config);
      return {
        place: `rules.${id}.examples.${position}`,
        rule: id,
        example,
        decision: decide(request, config, new Date(example.at ?? 0)),
        needsTime: example.at === undefined && hoursMatter(request, config),
      };
    }),
  );
}

function outcomeOf(decision: Decision): RuleExample["expect"] {
  if (decision.outcome === "refused") return "refused";
  return decision.approvalSteps.length > 0 ? "approval" : "allowed";
}

/** What is wrong with an example, with its place; undefined: the rules say what it expects, by its own rule. */
export function exampleProblem(result: ExampleResult): string | undefined {
  const { place, rule, example, decision, needsTime } = result;
  if (needsTime) return `${place}: hours of a rule decide here; say at: "2026-11-24T10:00:00Z"`;
  const outcome = outcomeOf(decision);
  if (outcome !== example.expect) return `${place}: expects ${example.expect}, but ${decision.because}`;
  // A refusal may also come from no rule at all.
  if (decision.rule === rule || (outcome === "refused" && decision.rule === undefined)) return undefined;
  return `${place}: ${outcome} as expected, but by another rule: ${decision.because}`;
}
