import { createConnection } from "mysql2/promise";
import type { MysqlFamilyServer } from "./mysql-family-server.ts";
import { shop } from "./shop.ts";

/** A schema is a database here; of this name, the roles of the configuration open the same as on PostgreSQL. */
export const shopSchema = "public";

const tables = [
  `CREATE TABLE customers (
    id integer PRIMARY KEY,
    name varchar(100) NOT NULL,
    email varchar(100) NOT NULL UNIQUE,
    city varchar(100) NOT NULL,
    since date NOT NULL
  )`,
  `CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL,
    article varchar(100) NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price_cents integer NOT NULL,
    status varchar(100) NOT NULL,
    ordered_at datetime NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (id)
  )`,
];

/** The shop on MySQL or MariaDB, with the event scheduler on, as dblease's doctor asks for. */
export async function seedMysqlFamily(server: MysqlFamilyServer): Promise<void> {
  const connection = await createConnection({ ...server.superuser, timezone: "Z" });
  try {
    await connection.query("SET GLOBAL event_scheduler = ON");
    await connection.query(`CREATE DATABASE ${shopSchema}`);
    await connection.query(`USE ${shopSchema}`);
    for (const table of tables) await connection.query(table);
    for (const [table, rows] of Object.entries(shop)) {
      await connection.query(`INSERT INTO ${table} VALUES ?`, [rows.map((row) => Object.values(row))]);
    }
  } finally {
    await connection.end();
  }
}
