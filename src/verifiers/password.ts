/** A password that no quoting rule of any engine, shell or URI can break. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const length = 30;

/**
 * 30 characters of [A-Za-z0-9_-], a letter first, with two of each class, as Oracle's and MySQL's own judges of passwords
 * may demand of an application's: about 177 random bits. `randomBytes`: node:crypto's own, or a fixed source in a test. A
 * candidate that lacks one is thrown away whole, so all allowed passwords are equally likely. Throws RangeError where the
 * source is not random.
 */
export function password(randomBytes: (size: number) => Uint8Array): string {
  for (let attempt = 0; attempt < 1000; attempt++) {
    // 64 characters divide 256, so the low six bits favour none.
    const candidate = Array.from(randomBytes(length), (byte) => alphabet[byte & 63]).join("");
    if (isAllowed(candidate)) return candidate;
  }
  throw new RangeError("the source of random bytes repeats itself");
}

function isAllowed(candidate: string): boolean {
  const needed = [/^[A-Za-z]/, /[A-Z].*[A-Z]/, /[a-z].*[a-z]/, /[0-9].*[0-9]/, /[_-].*[_-]/];
  return needed.every((it) => it.test(candidate));
}
