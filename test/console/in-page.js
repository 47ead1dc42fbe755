// What tests ask inside the browser; page.test.ts hands it over as text.

/** Tags in order: the same for every wording of the same records. */
function tags() {
  return [...document.querySelectorAll("*")].map((it) => it.tagName).join(" ");
}

/** Lightness of a colour as WCAG has it. */
function lightness(channels) {
  const [red, green, blue] = channels.map((it) => {
    const part = it / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(colour) {
  return colour.match(/[\d.]+/g).map(Number);
}

function behind(element) {
  if (!element) return [255, 255, 255];
  const channels = channelsOf(getComputedStyle(element).backgroundColor);
  return channels[3] === 0 ? behind(element.parentElement) : channels;
}

/** Elements whose own text stands out from what is behind it by less than 4.5 to 1 (WCAG 2.2, 1.4.3). */
function paleTexts() {
  return [...document.querySelectorAll("body *:not(svg, svg *)")].flatMap((it) => {
    if (![...it.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) return [];
    const text = lightness(channelsOf(getComputedStyle(it).color));
    const ground = lightness(behind(it));
    const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    return contrast < 4.5 ? [`${it.tagName} ${it.textContent}`] : [];
  });
}

/** What a screen reader, or somebody who sees little, would stumble over. */
function faults() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const levels = all("h1, h2, h3").map((it) => Number(it.tagName[1]));
  const ids = all("[id]").map((it) => it.id);
  const found = [
    [document.documentElement.lang !== "en", "no language"],
    [all("h1").length !== 1, "not one first heading"],
    [levels.some((level, place) => level - (levels[place - 1] ?? 1) > 1), `headings ${levels}`],
    [new Set(ids).size !== ids.length, "an id twice"],
    [document.documentElement.scrollWidth > innerWidth, "wider than the window"],
    ...all("input:not([type=hidden]), select").map((it) => [it.labels.length !== 1, `no label: ${it.id}`]),
    ...all("table").map((it) => [!it.querySelector("caption"), "a table without a caption"]),
    ...all("th").map((it) => [!it.scope, `a heading without scope: ${it.textContent}`]),
    ...all("[aria-labelledby]").map((it) => [
      !document.getElementById(it.getAttribute("aria-labelledby")),
      "a label that is not there",
    ]),
    ...all("svg").map((it) => [
      !it.closest("[aria-label], [aria-hidden], svg:has(title)"),
      "a drawing without a name",
    ]),
  ];
  return found.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

/** Where the keyboard is, and whether it is seen. */
function focused() {
  const at = document.activeElement;
  const name = at.labels?.[0]?.textContent ?? at.textContent.trim();
  return { name, outline: getComputedStyle(at).outlineStyle };
}

globalThis.inPage = { tags, paleTexts, faults, focused };
