import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** One of the two outputs. Colour only where a terminal shows it and NO_COLOR is not set. */
export interface Output {
  write(text: string): void;
  style(style: Style, text: string): string;
  /** A person looks at it while it is written. */
  readonly interactive: boolean;
}

function mayColour(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** Wraps a stream of the process. Node 20 lacks styleText's own look at the stream, so it is done here. */
export function output(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  const colour = mayColour(stream, env);
  return {
    write: (text) => void stream.write(text),
    style: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    interactive: stream.isTTY === true,
  };
}
