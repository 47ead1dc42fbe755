/**
 * The one place where text becomes HTML. Whatever is put into a template is escaped, in text and in quoted
 * attributes; only what `html` itself has made is taken as it is.
 */

class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Finished HTML. The class stays in this file: nobody else can declare a text to be harmless. */
export type Html = Markup;

export type Child = Html | string | number | undefined | readonly Child[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters that nobody sees, but that turn a line round or hide in a name: shown by their number. */
function made(visible: string): string {
  return visible.replace(/[^\P{C}\n\t]|\p{Zl}|\p{Zp}/gu, (it) => {
    const number = it.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${number}⟩`;
  });
}

function rendered(child: Child): string {
  if (child === undefined) return "";
  if (child instanceof Markup) return child.text;
  if (typeof child === "object") return child.map(rendered).join("");
  return made(String(child)).replace(/[&<>"']/g, (it) => entities[it] ?? "");
}

/** HTML of a template. Values may stand in text and in quoted attributes, never in a tag's name or in a style. */
export function html(strings: TemplateStringsArray, ...values: readonly Child[]): Html {
  return new Markup(String.raw({ raw: strings }, ...values.map(rendered)));
}
