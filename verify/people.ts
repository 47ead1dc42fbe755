import { runCli } from "../local-stack/demo/run-cli.ts";
import type { GrantView } from "../src/views.ts";

/** Somebody with an AWS profile and the CLI. */
export interface Person {
  profile: string;
  run(...words: string[]): Promise<unknown>;
}

/** @param stateFolder where the passwords of this run rest. */
export function person(profile: string, stateFolder: string): Person {
  const env = { ...process.env, AWS_PROFILE: profile, NO_COLOR: "1", XDG_STATE_HOME: stateFolder };
  return { profile, run: (...words) => runCli(env, ...words) };
}

export async function show(it: Person, id: string): Promise<GrantView> {
  // The CLI prints what the API answered.
  return (await it.run("show", id)) as GrantView;
}
