import type { AwsAccess } from "../../local-stack/aws-access.ts";
import { signToken, type TokenTarget } from "../../src/iam/sign-token.ts";

/** A token as this caller signed it so many minutes ago; the SDK's signer asks the clock alone. */
export async function signAgo(
  minutes: number,
  target: TokenTarget,
  { region, credentials }: AwsAccess,
): Promise<string> {
  const RealDate = Date;
  const then = RealDate.now() - minutes * 60_000;
  globalThis.Date = class extends RealDate {
    constructor(...words: []) {
      super(...(words.length > 0 ? words : ([then] as unknown as [])));
    }
    static override now = () => then;
  } as DateConstructor;
  return signToken(target, region, credentials).finally(() => {
    globalThis.Date = RealDate;
  });
}
