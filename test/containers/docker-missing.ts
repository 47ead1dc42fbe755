import { getContainerRuntimeClient } from "testcontainers";

/** Why no container can be started here; undefined: one can. */
export const dockerMissing = await getContainerRuntimeClient().then(
  () => undefined,
  () => "there is no Docker on this machine",
);
