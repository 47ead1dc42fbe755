import { createHmac, timingSafeEqual } from "node:crypto";

/** Tokens of forms: each is good for one deed, once. */
export interface OneTimeTokens {
  issue(deed: string): string;
  /** Whether the token was issued for this deed and is used for the first time. */
  take(deed: string, token: string): boolean;
}

/** Only used ones are remembered, so that looking at pages costs no memory. */
export function oneTimeTokens(random: (count: number) => Uint8Array): OneTimeTokens {
  const key = random(32);
  const used = new Set<string>();
  const seal = (deed: string, nonce: string) =>
    createHmac("sha256", key).update(`${nonce} ${deed}`).digest("base64url");
  return {
    issue(deed) {
      const nonce = Buffer.from(random(16)).toString("base64url");
      return `${nonce}.${seal(deed, nonce)}`;
    },
    take(deed, token) {
      const [nonce = "", given = ""] = token.split(".", 2);
      const right = Buffer.from(seal(deed, nonce));
      const is = Buffer.from(given);
      if (used.has(nonce) || is.length !== right.length || !timingSafeEqual(is, right)) return false;
      used.add(nonce);
      return true;
    },
  };
}
