import { Signer, type SignerConfig } from "@aws-sdk/rds-signer";

/** Where a token is to be used, and by whom: it is good for nothing else. */
export interface TokenTarget {
  host: string;
  port: number;
  username: string;
}

/**
 * An RDS login token: a signature made on this machine, good for 15 minutes (RDS User Guide, "Connecting to your DB
 * instance using IAM authentication"). Without credentials the runtime's own sign.
 */
export function signToken(
  { host, port, username }: TokenTarget,
  region: string,
  credentials?: SignerConfig["credentials"],
): Promise<string> {
  const signer = new Signer({
    hostname: host,
    port,
    username,
    region,
    ...(credentials ? { credentials } : {}),
  });
  return signer.getAuthToken();
}
