import type { Output } from "./terminal.ts";

/** One line that follows what happens. */
export interface Progress {
  stop(): void;
}

/**
 * Shows `line()` on stderr while something is awaited: on a terminal in place, every second, so that the time
 * left runs; elsewhere one line whenever `state()` changes, so that logs stay short. `look` redraws at once.
 */
export function progress(
  words: Output,
  state: () => string,
  line: () => string,
): Progress & { look(): void } {
  let last = "";
  function look(): void {
    if (words.interactive) {
      words.write(`\r\u001b[K${words.style("dim", line())}`);
    } else if (state() !== last) {
      last = state();
      words.write(`${line()}\n`);
    }
  }
  look();
  const timer = setInterval(look, 1000);
  return {
    look,
    stop() {
      clearInterval(timer);
      if (words.interactive) words.write("\r\u001b[K");
    },
  };
}
