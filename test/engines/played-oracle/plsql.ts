/**
 * The part of PL/SQL that the adapter's blocks are written in, run statement by statement. Anything else is an error: a
 * block that this does not know is one that nobody has looked at.
 */
import { OraError } from "./ora-error.ts";

export type Value = string | number | null;
export type Variables = Map<string, Value>;

/** What a block reaches outside itself. */
export interface Surroundings {
  select(sql: string, variables: Variables): Record<string, Value>[];
  execute(statement: string): Promise<void>;
  call(procedure: string, given: ReadonlyMap<string, Value>): Promise<void>;
}

export async function runBlock(text: string, variables: Variables, around: Surroundings): Promise<void> {
  const block = new Block(text, variables, around);
  await block.whole();
}

class Raised extends Error {}

class Block {
  private at = 0;
  private readonly text: string;
  private readonly variables: Variables;
  private readonly around: Surroundings;
  /** Inside a handler: what it handles. */
  private handled: unknown;

  constructor(text: string, variables: Variables, around: Surroundings) {
    this.text = text;
    this.variables = variables;
    this.around = around;
  }

  async whole(): Promise<void> {
    if (this.takes("DECLARE")) {
      while (!this.sees("BEGIN")) {
        const [, name = ""] = /^\s*(\w+)\s/.exec(this.until(";")) ?? [];
        this.variables.set(name, null);
      }
    }
    this.demands("BEGIN");
    await this.body(true);
    this.demands(";");
    if (this.text.slice(this.at).trim() !== "") throw new OraError(6550, "PLS-00103: text after the block");
  }

  /** From behind BEGIN to behind END. `runs`: false only finds the end. */
  private async body(runs: boolean): Promise<void> {
    const start = this.at;
    try {
      await this.statements(runs);
    } catch (error) {
      if (error instanceof Raised) throw error;
      this.at = start;
      await this.statements(false);
      if (!this.takes("EXCEPTION")) throw error;
      this.demands("WHEN");
      this.demands("OTHERS");
      this.demands("THEN");
      const outer = this.handled;
      this.handled = error;
      try {
        await this.statements(true);
      } catch (again) {
        throw again instanceof Raised ? error : again;
      } finally {
        this.handled = outer;
      }
      this.demands("END");
      return;
    }
    if (this.takes("EXCEPTION")) {
      this.until("THEN");
      await this.statements(false);
    }
    this.demands("END");
  }

  private async statements(runs: boolean): Promise<void> {
    while (!this.sees("END") && !this.sees("EXCEPTION") && !this.sees("ELSE")) await this.statement(runs);
  }

  private async statement(runs: boolean): Promise<void> {
    if (this.takes("IF")) return this.branch(runs);
    if (this.takes("FOR")) return this.loop(runs);
    if (this.takes("BEGIN")) {
      await this.body(runs);
      this.demands(";");
      return;
    }
    const words = this.until(";");
    if (!runs) return;
    await this.simple(words.trim());
  }

  private async branch(runs: boolean): Promise<void> {
    const condition = this.until("THEN");
    const holds = runs && Boolean(this.value(condition));
    await this.statements(holds);
    if (this.takes("ELSE")) await this.statements(runs && !holds);
    this.demands("END");
    this.demands("IF");
    this.demands(";");
  }

  private async loop(runs: boolean): Promise<void> {
    const name = this.until("IN").trim();
    const rows = this.until("LOOP").trim().slice(1, -1);
    const start = this.at;
    // The whole cursor is read before the first turn.
    for (const row of runs ? this.around.select(this.bound(rows), this.variables) : []) {
      this.at = start;
      for (const [column, value] of Object.entries(row)) this.variables.set(`${name}.${column}`, value);
      await this.statements(true);
    }
    this.at = start;
    await this.statements(false);
    this.demands("END");
    this.demands("LOOP");
    this.demands(";");
  }

  private async simple(words: string): Promise<void> {
    const [, immediate] = /^EXECUTE IMMEDIATE\s+([\s\S]+)$/.exec(words) ?? [];
    if (immediate !== undefined) return this.around.execute(String(this.value(immediate)));
    const [, what, into, from] = /^SELECT\s+([\s\S]+?)\s+INTO\s+(\w+)\s+(FROM[\s\S]+)$/.exec(words) ?? [];
    if (what !== undefined && into !== undefined)
      return this.selectInto(`SELECT ${what} AS IT ${from}`, into);
    const [, target, expression] = /^:?(\w+)\s*:=\s*([\s\S]+)$/.exec(words) ?? [];
    if (target !== undefined && expression !== undefined) {
      this.variables.set(target, this.value(expression));
      return;
    }
    const [, number, text] = /^RAISE_APPLICATION_ERROR\(-(\d+), '(.*)'\)$/.exec(words) ?? [];
    if (number !== undefined) throw new OraError(Number(number), text ?? "");
    if (words === "RAISE") throw new Raised();
    if (words === "NULL") return;
    const [, procedure, given] = /^([\w.]+)\(([\s\S]*)\)$/.exec(words) ?? [];
    if (procedure === undefined) throw new OraError(6550, `PLS-00103: ${words}`);
    return this.around.call(procedure.replace(/^SYS\./, ""), this.given(given ?? ""));
  }

  private selectInto(sql: string, into: string): void {
    const [row] = this.around.select(this.bound(sql), this.variables);
    if (!row) throw new OraError(1403, "no data found");
    this.variables.set(into, row.IT ?? null);
  }

  /** By name, or by position where there are no names. */
  private given(list: string): ReadonlyMap<string, Value> {
    return new Map(
      splitOutside(list, ",").map((part, index) => {
        const [, name, expression] = /^\s*(\w+)\s*=>\s*([\s\S]+)$/.exec(part) ?? [];
        return [name ?? String(index), this.value(expression ?? part)];
      }),
    );
  }

  private value(expression: string): Value {
    const code = this.handled instanceof OraError ? -this.handled.errorNum : -6502;
    const text = this.bound(expression).replace(/\bSQLCODE\b/g, `(${code})`);
    return this.around.select(`SELECT (${text}) AS IT FROM DUAL`, this.variables)[0]?.IT ?? null;
  }

  /** Variables and fields of a loop's row as binds of the query that is asked. */
  private bound(sql: string): string {
    const names = [...this.variables.keys()].sort((a, b) => b.length - a.length);
    return sql
      .split(/('(?:[^']|'')*')/)
      .map((part) => {
        if (part.startsWith("'")) return part;
        return names.reduce((text, name) => {
          const pattern = new RegExp(`(?<![:\\w.])${name.replace(".", "\\.")}(?![\\w.(])`, "g");
          return text.replace(pattern, `:${name.replace(".", "__")}`);
        }, part);
      })
      .join("");
  }

  private sees(word: string): boolean {
    const rest = this.text.slice(this.at).trimStart();
    return rest.startsWith(word) && !/^\w/.test(rest.slice(word.length))
      ? true
      : word === ";" && rest.startsWith(";");
  }

  private takes(word: string): boolean {
    if (!this.sees(word)) return false;
    this.at = this.text.indexOf(word, this.at) + word.length;
    return true;
  }

  private demands(word: string): void {
    if (this.takes(word)) return;
    throw new OraError(6550, `PLS-00103: ${word} expected at ${this.text.slice(this.at, this.at + 40)}`);
  }

  /** The text up to this word outside of quotes and brackets; stands behind it then. */
  private until(word: string): string {
    const rest = this.text.slice(this.at);
    const end = findOutside(rest, word);
    if (end < 0) throw new OraError(6550, `PLS-00103: ${word} expected`);
    this.at += end + word.length;
    return rest.slice(0, end);
  }
}

function findOutside(text: string, word: string, from = 0): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") {
      at = text.indexOf("'", at + 1);
      if (at < 0) return -1;
    } else if (text[at] === "(") depth++;
    else if (text[at] === ")") depth--;
    else if (depth === 0 && text.startsWith(word, at)) {
      const isWord = /^\w/.test(word);
      if (!isWord || (!/\w/.test(text[at - 1] ?? " ") && !/\w/.test(text[at + word.length] ?? " ")))
        return at;
    }
  }
  return -1;
}

function splitOutside(text: string, separator: string): string[] {
  const end = findOutside(text, separator);
  if (end < 0) return text.trim() === "" ? [] : [text];
  return [text.slice(0, end), ...splitOutside(text.slice(end + 1), separator)];
}
