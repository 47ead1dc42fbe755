import { Client, type ClientConfig, escapeLiteral } from "pg";
import { shop } from "./shop.ts";

// The master is no superuser: to make something that another role owns, it first lends itself that role.
const roles = (password: string) => `
  CREATE ROLE orders_app LOGIN PASSWORD ${escapeLiteral(password)};
  CREATE ROLE reporting NOLOGIN;
  GRANT orders_app TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
`;

const insert = (table: string, rows: readonly object[]) =>
  `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, ${escapeLiteral(JSON.stringify(rows))})`;

const tables = `
  SET ROLE orders_app;
  CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    city text NOT NULL,
    since date NOT NULL
  );
  CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    article text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price_cents integer NOT NULL,
    status text NOT NULL,
    ordered_at timestamptz NOT NULL
  );
  ${insert("customers", shop.customers)};
  ${insert("orders", shop.orders)};
  GRANT SELECT ON orders TO reporting;
  RESET ROLE;
`;

/** A shop's database as its application owns it, with a bystander role that reads one table and must never notice us. */
export async function seed(master: ClientConfig, applicationPassword: string): Promise<void> {
  await run({ ...master, database: "postgres" }, roles(applicationPassword));
  await run({ ...master, database: "postgres" }, "CREATE DATABASE orders OWNER orders_app");
  await run({ ...master, database: "orders" }, tables);
}

async function run(login: ClientConfig, statements: string): Promise<void> {
  const client = new Client(login);
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
