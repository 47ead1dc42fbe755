/**
 * Stands for the SDK's whole credential chain in the bundles: a function's credentials are always in its
 * environment, which that chain asks first anyway. Saves about 90 KiB in every function.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
