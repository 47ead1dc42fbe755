import { Client, type ClientConfig, escapeLiteral } from "pg";

// The master is no superuser: to make something that another role owns, it first lends itself that role.
const roles = (password: string) => `
  CREATE ROLE orders_app LOGIN PASSWORD ${escapeLiteral(password)};
  CREATE ROLE reporting NOLOGIN;
  GRANT orders_app TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
`;

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
  INSERT INTO customers
  SELECT n, first || ' ' || last, lower(first || '.' || last) || n || '@example.com', city, date '2023-01-01' + n * 5
  FROM generate_series(1, 200) AS n,
    LATERAL (SELECT
      (array['Anna','Boris','Chen','Dina','Emre','Fatima','Goran','Hana','Ivan','Jutta'])[1 + n % 10],
      (array['Berg','Costa','Dubois','Evans','Fischer','Garcia','Haddad'])[1 + n % 7],
      (array['Berlin','Lisbon','Lyon','Cardiff','Vienna','Madrid','Tunis','Oslo','Porto'])[1 + n % 9]
    ) AS person (first, last, city);
  INSERT INTO orders
  SELECT n, 1 + (n * 37) % 200,
    (array['desk lamp','office chair','monitor arm','notebook','keyboard','standing desk'])[1 + n % 6],
    1 + n % 4, 1290 + (n * 7919) % 48000,
    (array['paid','shipped','shipped','delivered','delivered','returned'])[1 + (n * 5) % 6],
    timestamptz '2026-01-05 08:00+00' + n * interval '7 hours'
  FROM generate_series(1, 600) AS n;
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
