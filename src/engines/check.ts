import type { Check } from "./engine.ts";

/** One line of doctor; its repair shows only where it is needed. */
export function check(id: string, ok: boolean, sentence: string, repair?: string): Check {
  return { id, ok, sentence, ...(ok || repair === undefined ? {} : { repair }) };
}

export function failed(id: string, error: { message: string; next: string }): Check {
  return { id, ok: false, sentence: error.message, repair: error.next };
}
