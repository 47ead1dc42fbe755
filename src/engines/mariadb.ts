/** MariaDB 10.6 to 11.8: MySQL's adapter with the differences that src/engines/mysql/dialect.ts names. */
import { adapterOf } from "./mysql/adapter.ts";
import { mariadbDialect } from "./mysql/dialect.ts";

export const mariadb = adapterOf(mariadbDialect);
