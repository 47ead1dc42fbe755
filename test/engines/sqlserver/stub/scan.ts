/** T-SQL as words: what a batch is made of. */
export interface Word {
  kind: "word" | "name" | "text" | "hex" | "number" | "sign";
  /** The value without its quotes; words in capitals as they stand. */
  value: string;
  start: number;
  end: number;
}

const pattern =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|[Nn]?'((?:[^']|'')*)'|\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|(0[xX][0-9A-Fa-f]*)|(\d+(?:\.\d+)?)|(@{0,2}[\p{L}_#][\p{L}\p{N}_@#$]*)|(<>|<=|>=|!=|::|[-+*/%=<>(),.;])/uy;

/** Undefined: something in it is no T-SQL. */
export function scan(batch: string): Word[] | undefined {
  const words: Word[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < batch.length) {
    const start = pattern.lastIndex;
    const found = pattern.exec(batch);
    if (!found) return undefined;
    const at = { start, end: pattern.lastIndex };
    const [, text, bracket, quoted, hex, number, word, sign] = found;
    if (text !== undefined) words.push({ kind: "text", value: text.replaceAll("''", "'"), ...at });
    else if (bracket !== undefined) words.push({ kind: "name", value: bracket.replaceAll("]]", "]"), ...at });
    else if (quoted !== undefined) words.push({ kind: "name", value: quoted.replaceAll('""', '"'), ...at });
    else if (hex !== undefined) words.push({ kind: "hex", value: hex.slice(2).toUpperCase(), ...at });
    else if (number !== undefined) words.push({ kind: "number", value: number, ...at });
    else if (word !== undefined) words.push({ kind: "word", value: word, ...at });
    else if (sign !== undefined) words.push({ kind: "sign", value: sign, ...at });
  }
  return words;
}

/** Reads words one after the other; what is not as expected is a mistake in the syntax (102). */
export class Cursor {
  readonly words: readonly Word[];
  at = 0;

  constructor(words: readonly Word[]) {
    this.words = words;
  }

  get ended(): boolean {
    return this.at >= this.words.length;
  }

  peek(ahead = 0): Word | undefined {
    return this.words[this.at + ahead];
  }

  /** Whether these words, or signs, come next. */
  sees(...values: readonly string[]): boolean {
    return values.every((value, index) => {
      const word = this.peek(index);
      return (word?.kind === "word" || word?.kind === "sign") && word.value.toUpperCase() === value;
    });
  }

  takes(...values: readonly string[]): boolean {
    if (!this.sees(...values)) return false;
    this.at += values.length;
    return true;
  }

  expect(...values: readonly string[]): void {
    if (!this.takes(...values)) throw new SyntaxFault(this.peek());
  }

  /** A name, in brackets or not. */
  name(): string {
    const word = this.peek();
    if (word?.kind !== "name" && word?.kind !== "word") throw new SyntaxFault(word);
    this.at += 1;
    return word.value;
  }

  of(kind: Word["kind"]): string {
    const word = this.peek();
    if (word?.kind !== kind) throw new SyntaxFault(word);
    this.at += 1;
    return word.value;
  }

  finish(): void {
    if (!this.ended) throw new SyntaxFault(this.peek());
  }
}

export class SyntaxFault extends Error {
  constructor(word: Word | undefined) {
    super(`Incorrect syntax near '${word?.value ?? "the end"}'.`);
  }
}
