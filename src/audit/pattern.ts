/** IAM's patterns, `*` for any characters and `?` for one: pure, and no slower than length times length on hostile ones. */

/** Whether all that fits `part` fits `whole`. True is certain; what it does not see through is false. */
export function covers(whole: string, part: string): boolean {
  let at = 0;
  let star = -1;
  let afterStar = 0;
  for (let read = 0; read < part.length; ) {
    if (whole[at] === "*") {
      star = at++;
      afterStar = read;
    } else if (at < whole.length && isOne(whole[at], part[read])) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++afterStar;
    } else {
      return false;
    }
  }
  return /^\**$/.test(whole.slice(at));
}

/** Of a star in the part nothing but a star of the whole can take care. */
function isOne(whole: string | undefined, part: string | undefined): boolean {
  return part !== "*" && (whole === "?" || whole === part);
}

/** Whether any text fits both. */
export function overlaps(one: string, other: string): boolean {
  // Whether the first characters of `one`, so many as the turn, can be the first `j` of `other`.
  let reached = [true, ...other].map((_, j) => /^\**$/.test(other.slice(0, j)));
  for (const character of one) {
    const next = [character === "*" && reached[0] === true];
    for (let j = 1; j <= other.length; j++) {
      const opposite = other[j - 1];
      const isSame = character === opposite || character === "?" || opposite === "?";
      next[j] =
        (character === "*" && (reached[j] === true || next[j - 1] === true)) ||
        (opposite === "*" && (next[j - 1] === true || reached[j] === true)) ||
        (character !== "*" && opposite !== "*" && isSame && reached[j - 1] === true);
    }
    reached = next;
  }
  return reached[other.length] === true;
}
