/** What the policies of one holder amount to, as findings (pure). */
import type { Observation, Severity } from "../finding.ts";
import type { Judgement } from "../iam/judge-logins.ts";
import { type Holder, holderText } from "./holder.ts";
import { isUnconditional, policiesWithNoSuchAction, type ReachingStatement } from "./policy-reach.ts";
import { mostTried } from "./tried-logins.ts";

/** Evidence is for people; what a hostile policy repeats is cut. */
const mostLines = 12;
const longestLine = 400;

function short(text: string): string {
  return text.length <= longestLine ? text : `${text.slice(0, longestLine)}...`;
}

function shortList(lines: readonly string[]): string[] {
  const shown = lines.slice(0, mostLines).map(short);
  return lines.length > mostLines ? [...shown, `and ${lines.length - mostLines} more`] : shown;
}

function evidence({
  policy,
  statement,
  action,
  resources,
  conditions,
  exceptions,
}: ReachingStatement): string {
  const doubts = [
    conditions.length > 0 ? `if ${conditions.join(" and ")}` : "",
    exceptions.length > 0 ? `but for ${exceptions.join(", ")}` : "",
  ];
  return [`policy ${policy}, statement ${statement}: ${action} on ${resources.join(", ")}`, ...doubts]
    .filter(Boolean)
    .join(" ");
}

/** The command that takes a policy away. Names of IAM hold no character that a shell knows. */
function repair({ kind, name }: Holder, policies: readonly string[]): string {
  const commands = [...new Set(policies)]
    .slice(0, 5)
    .map((it) =>
      it.startsWith("arn:")
        ? `aws iam detach-${kind}-policy --${kind}-name ${name} --policy-arn ${it}`
        : `aws iam delete-${kind}-policy --${kind}-name ${name} --policy-name ${it}`,
    );
  return commands.join(" && ");
}

/** Whether AWS can be asked about every login that the statements mean. */
function canBeTried(statements: readonly ReachingStatement[]): boolean {
  const resources = new Set(statements.flatMap((it) => it.resources));
  return resources.size <= mostTried && [...resources].every((it) => !/^everything|[*?$]/.test(it));
}

/** Whether AWS's no is the last word: it was asked about every login, and nothing else decides. */
function isRefused(statements: readonly ReachingStatement[], judgement: Judgement): boolean {
  return judgement.is === "denied" && statements.every(isUnconditional) && canBeTried(statements);
}

function verdict(
  holder: Holder,
  statements: readonly ReachingStatement[],
  judgement: Judgement,
): { severity: Severity; words: string } {
  if (judgement.is === "allowed") {
    const { database } = judgement.login;
    if (database === undefined)
      return { severity: "medium", words: "AWS allows it, on other servers than ours" };
    const isEmpty = holder.kind === "group" && holder.members.length === 0;
    return { severity: isEmpty ? "low" : "high", words: `AWS allows it, on ${database} for one` };
  }
  if (judgement.is === "unknown")
    return { severity: "high", words: `AWS could not be asked (${judgement.why})` };
  const words = statements.every(isUnconditional)
    ? "AWS says no to the logins it was asked about, which are not all that the policy means"
    : "it depends on what only a request has, and AWS's simulator says no without";
  return { severity: "medium", words };
}

function subject(holder: Holder): string {
  if (holder.kind !== "group") return `IAM ${holder.kind} ${holder.name}`;
  const { length } = holder.members;
  return `the ${length === 1 ? "one member" : `${length} members`} of IAM group ${holder.name}`;
}

/** @param statements those that nothing explains. */
export function policyFindings(
  holder: Holder,
  statements: readonly ReachingStatement[],
  judgement: Judgement,
): Observation[] {
  const what = holderText(holder);
  const found: Observation[] = [];
  if (statements.length > 0 && !isRefused(statements, judgement)) {
    const { severity, words } = verdict(holder, statements, judgement);
    found.push({
      kind: "policy",
      what,
      severity,
      sentence: `${subject(holder)} may log in to databases by IAM without a grant: ${words}`,
      evidence: shortList(statements.map(evidence)),
      repair: repair(
        holder,
        statements.map((it) => it.policy),
      ),
    });
  }
  const vain = policiesWithNoSuchAction(holder.policies);
  if (vain.length > 0) {
    found.push({
      kind: "no_such_action",
      what,
      sentence: `${holder.kind} ${holder.name} is allowed rds:GenerateDBAuthToken, which AWS does not have: it gives nothing`,
      evidence: shortList(vain.map((it) => `policy ${it}`)),
      repair: repair(holder, vain),
    });
  }
  return found;
}
