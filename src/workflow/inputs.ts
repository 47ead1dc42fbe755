/** What state machines hand to functions. An input is checked by hand: engine functions stay free of zod. */
import { DbleaseError } from "../errors.ts";
import { type GrantId, grantIdPattern } from "../grant.ts";

function field(input: unknown, name: string): unknown {
  return typeof input === "object" && input !== null
    ? Object.entries(input).find(([key]) => key === name)?.[1]
    : undefined;
}

/** @throws BAD_REQUEST unless the input carries a grant id. */
export function grantIdOf(input: unknown): GrantId {
  const id = field(input, "grantId");
  if (typeof id === "string" && grantIdPattern.test(id)) return id;
  throw new DbleaseError("BAD_REQUEST", "the input carries no grant id", {
    next: "start the workflow through the API",
  });
}

/** Name of the revoke execution, where one calls. */
export function optionalHolderOf(input: unknown): string | undefined {
  const holder = field(input, "holder");
  return typeof holder === "string" && holder !== "" ? holder : undefined;
}

/** Name of the execution that works on the revoke. @throws BAD_REQUEST */
export function holderOf(input: unknown): string {
  const holder = optionalHolderOf(input);
  if (holder !== undefined) return holder;
  throw new DbleaseError("BAD_REQUEST", "the input carries no execution name", {
    next: "start the workflow through the API",
  });
}

/** What a state caught; empty where nothing was. */
export function caughtOf(input: unknown): { Error?: string; Cause?: string } {
  const caught = field(input, "caught");
  const error = field(caught, "Error");
  const cause = field(caught, "Cause");
  return {
    ...(typeof error === "string" ? { Error: error } : {}),
    ...(typeof cause === "string" ? { Cause: cause } : {}),
  };
}
