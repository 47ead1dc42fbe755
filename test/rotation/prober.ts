import type { Given, RotationWorld } from "./world.ts";

export interface Probing {
  /** Logins that were tried, and those that the server refused. */
  tried: number;
  refused: number;
  /** Longest time without a login that worked, in milliseconds, between the first and last refused login of it. */
  deadMs: number;
}

/** An application that reads its secret and logs in, again and again, until `work` is done. */
export async function probing(
  world: RotationWorld,
  given: Given,
  work: () => Promise<void>,
): Promise<Probing> {
  const result: Probing = { tried: 0, refused: 0, deadMs: 0 };
  let working = true;
  const application = async () => {
    let deadSince: number | undefined;
    while (working) {
      const begun = performance.now();
      const works = await world.works(await given.current());
      result.tried += 1;
      if (!works) {
        result.refused += 1;
        deadSince ??= begun;
        result.deadMs = Math.max(result.deadMs, performance.now() - deadSince);
      } else deadSince = undefined;
    }
  };
  const applications = [application(), application()];
  try {
    await work();
  } finally {
    working = false;
    await Promise.all(applications);
  }
  return result;
}
