import fc from "fast-check";
import { expect, test } from "vitest";
import { html } from "../../cli/console/html.ts";
import { cases } from "../fuzz/cases.ts";
import { hostile } from "../fuzz/hostile.ts";

const pieces = fc.constantFrom(
  "<script>",
  "</p>",
  "<!--",
  "-->",
  '"',
  "'",
  "&",
  "&lt;",
  "&#60;",
  "`",
  "]]>",
  "\u202e",
  "\ud800",
);
const anything = fc.oneof(
  hostile,
  fc.array(pieces).map((it) => it.join("")),
  fc.string({ unit: "binary" }),
);

/** What a browser would read back of escaped text. */
function unescaped(text: string): string {
  const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => characters[name] ?? "");
}

test("whatever is put into a template ends neither a text nor an attribute, and is read back as it was", () => {
  fc.assert(
    fc.property(anything, (text) => {
      const { text: made } = html`<p title="${text}">${text}</p>`;
      const [, attribute, content] = /^<p title="([^"<>']*)">([^"<>']*)<\/p>$/su.exec(made) ?? [];
      expect(attribute).toBe(content);
      const visible = text.replace(/[^\P{C}\n\t]|\p{Zl}|\p{Zp}/gu, "");
      expect(unescaped(content ?? "").replace(/⟨U\+[0-9A-F]{4,6}⟩/g, "")).toBe(
        visible.replace(/⟨U\+[0-9A-F]{4,6}⟩/g, ""),
      );
      // Every & begins one of our own entities.
      expect(content?.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
    }),
    cases(),
  );
});

test("what turns a line round or hides in a name is shown by its number", () => {
  expect(html`${"or\u202eders\u200b\u2066\u0000\ud800"}`.text).toBe(
    "or⟨U+202E⟩ders⟨U+200B⟩⟨U+2066⟩⟨U+0000⟩⟨U+D800⟩",
  );
  expect(html`${"שלום\n\tgrün 😀"}`.text).toBe("שלום\n\tgrün 😀");
});

test("only what a template made is taken as it is: an object that looks like it is text", () => {
  const finished = html`<b>${"<i>"}</b>`;
  expect(html`${finished}${[finished, undefined, 7]}`.text).toBe("<b>&lt;i&gt;</b><b>&lt;i&gt;</b>7");
  // JSON from an API could look like this; the type forbids it, and so does the code.
  const forged = JSON.parse('{"text":"<script>"}');
  expect(() => html`${forged}`).toThrow();
});
