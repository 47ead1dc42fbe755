/** Where the local AWS account is, and as whom to speak to it; what every SDK client is made from. */
export interface AwsAccess {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}
