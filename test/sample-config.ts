import { readConfig } from "../src/config.ts";

/** A small configuration for pure tests; persons are written with unique ids, as the table keeps them. */
export const sampleConfig = readConfig(
  `
persons:
  rita: [AIDARITA, session/rita@example.com]
  ada: [AIDAADA]
  root: [AIDAROOT]
groups:
  engineers: [rita, ada, role/ci]
admins: [root]
roles:
  read-only: [{ schemas: [public], privileges: [select] }]
  read-write: [{ schemas: [public], privileges: [select, insert] }]
databases:
  orders: { engine: postgres, host: db.example, port: 5432, database: orders, adminSecret: env:A, roles: [read-only, read-write] }
  stock: { engine: postgres, instance: stock, database: stock, adminSecret: env:B, roles: [read-only] }
rules:
  - { id: read, who: [engineers], databases: [orders], roles: [read-only], limits: { max: 2h, default: 30m } }
  - { id: write, who: [engineers], databases: [orders], roles: ["*"], limits: { max: 1h }, approval: { anyOf: [ada, root], within: 10m } }
  - { id: anyone, who: ["*"], databases: [stock], roles: ["*"], limits: { max: 15m } }
`,
  "sample.yaml",
);
