/** MySQL 8.0, 8.4 and Aurora MySQL 3: one file a verb in src/engines/mysql/, which MariaDB shares. */
import { adapterOf } from "./mysql/adapter.ts";
import { mysqlDialect } from "./mysql/dialect.ts";

export const mysql = adapterOf(mysqlDialect);
