import type { GrantView, TokenView } from "../src/views.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";

/** A fresh login token: of the broker, or in policy mode signed here. `member`: of another server than the writer. */
export async function tokenOf(
  { api, now }: Pick<Context, "api" | "now">,
  grant: GrantView,
  member?: string,
): Promise<TokenView> {
  if (!grant.personRole) return api.token(grant.id, member);
  if (member !== undefined) {
    throw new Failure(
      "USAGE",
      "in policy mode only tokens for the writer are signed here",
      `with credentials of ${grant.personRole}: aws rds generate-db-auth-token`,
    );
  }
  const { signAsPerson } = await import("./sign-as-person.ts");
  return signAsPerson(grant, grant.personRole, now());
}
