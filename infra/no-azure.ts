/**
 * In the place of @azure/identity and @azure/keyvault-keys, which tedious loads for logins by Entra and for Always
 * Encrypted: dblease logs in by password, and half a megabyte stays out of each bundle.
 */
export {};
