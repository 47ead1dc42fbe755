import type { RestartableServer } from "./restartable-server.ts";

/** A database server behind TLS on a loopback port, as RDS hands one over. `Login`: what its driver logs in with. */
export interface DatabaseServer<Login> extends RestartableServer {
  host: "localhost";
  port: number;
  /** The RDS-like master, never a superuser. */
  adminUsername: string;
  adminPassword: string;
  caFile: string;
  /** What that file holds. */
  ca: string;
  logFile: string;
  /** How RDS itself would log in, over the Unix socket: for fixtures only. */
  superuser: Login;
}
