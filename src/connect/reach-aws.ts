/**
 * Whether a function in a VPC reaches the services of AWS that its work needs. It is tried, not looked up: endpoints,
 * routes, NAT, security groups and names all have their say in it.
 */
import { connect } from "node:net";
import type { Check } from "../engines/engine.ts";

export interface AwsService {
  name: string;
  endpoint: URL;
  /** What makes a way to it. */
  repair: string;
}

/** @param withSecrets false where the admin logs in by IAM: then nothing is read from Secrets Manager. */
export function awsServices(
  withSecrets: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): AwsService[] {
  const { AWS_REGION: region = "", AWS_ENDPOINT_URL: all } = environment;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const endpoint = (service: string) => new URL(all ?? `https://${service}.${region}.${domain}`);
  const dynamodb = {
    name: "DynamoDB",
    endpoint: endpoint("dynamodb"),
    repair: "a gateway endpoint in the subnets' route tables: network.endpoints.dynamodb in dblease.yaml",
  };
  const secretsManager = {
    name: "Secrets Manager",
    endpoint: endpoint("secretsmanager"),
    repair: "an interface endpoint in the VPC: network.endpoints.secretsManager in dblease.yaml",
  };
  return withSecrets ? [dynamodb, secretsManager] : [dynamodb];
}

function isReached({ endpoint }: AwsService, timeoutMs: number): Promise<boolean> {
  const port = Number(endpoint.port || (endpoint.protocol === "https:" ? 443 : 80));
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint.hostname, port });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** @returns a failed check for each service that does not answer in time; none: all were reached. */
export async function unreachedAws(services: readonly AwsService[], timeoutMs = 3_000): Promise<Check[]> {
  const reached = await Promise.all(services.map((it) => isReached(it, timeoutMs)));
  return services
    .filter((_, index) => !reached[index])
    .map(({ name, endpoint, repair }) => ({
      id: "aws_unreachable",
      ok: false,
      sentence: `the functions do not reach ${name} at ${endpoint.hostname}`,
      repair,
    }));
}
