import { styleText } from "node:util";
import type { Receipt } from "../../src/receipt.ts";
import type { WhoAnswer } from "../../src/views.ts";

/** Tells the story: to people as lines with times, to programs as one JSON object a line. */
export interface Narrator {
  /** Something happened. */
  step(who: string, words: string, facts?: object): void;
  /** Something is being waited for; only people hear of it. */
  remark(words: string): void;
  receipt(grantId: string, receipt: Receipt): void;
  /** What the audit answers to this question: to people as the command prints it. */
  audit(question: string, answer: WhoAnswer, printed: string): void;
  /** Where the auditor may look at it; programs hear with what it answers. */
  page(address: string, status?: number): void;
}

const stdout = process.stdout;

function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: stdout });
}

function elapsed(start: number): string {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`.padStart(7);
}

/** For people; words on stdout, as they are the whole output. */
export function peopleNarrator(start: number): Narrator {
  const line = (text: string) => stdout.write(`${text}\n`);
  return {
    step: (who, words) =>
      line(`${styled("dim", elapsed(start))}  ${styled("bold", who.padEnd(9))}  ${words}`),
    remark: (words) => line(styled("dim", `${" ".repeat(20)}${words}`)),
    receipt(grantId, receipt) {
      const counts = [
        ["users", receipt.users],
        ["sessions", receipt.sessions],
        ["privileges", receipt.privileges],
        ["owned objects", receipt.objects],
        ["prepared transactions", receipt.preparedTransactions],
      ] as const;
      const clean = receipt.residue.length === 0;
      line("");
      line(
        styled(
          clean ? "green" : "red",
          `Receipt of grant ${grantId}, read from the database's own catalogue`,
        ),
      );
      for (const [name, count] of counts) line(`  ${name.padEnd(22)} ${count}`);
      for (const it of receipt.members)
        line(`  ${`read back on ${it.member}`.padEnd(22)} ${it.host}:${it.port} at ${it.readAt}`);
      for (const it of receipt.residue) line(styled("red", `  left behind: ${it.what} (${it.where})`));
      line("");
      line(
        clean
          ? "Access given, used, ended, and proved to be gone."
          : "Something was left behind: the list above says what.",
      );
    },
    audit(question, _, printed) {
      line("");
      line(styled("bold", `An auditor asks: ${question}`));
      line(printed.trimEnd());
    },
    page(address) {
      line("");
      line(`${styled("bold", "The auditor's page")}: ${address}`);
      line("Open it in a browser; it works once. Ctrl-C ends the demo.");
    },
  };
}

/** For programs: one object a line, the receipt, the audit's answer and the page last. */
export function jsonNarrator(start: number): Narrator {
  const line = (value: object) => stdout.write(`${JSON.stringify(value)}\n`);
  return {
    step: (who, words, facts = {}) =>
      line({
        type: "step",
        at: new Date().toISOString(),
        elapsedMs: Date.now() - start,
        who,
        words,
        ...facts,
      }),
    remark: () => {},
    receipt: (grantId, receipt) => line({ type: "receipt", grantId, ...receipt }),
    audit: (question, answer) => line({ type: "audit", question, ...answer }),
    page: (address, status) => line({ type: "page", address, status }),
  };
}
