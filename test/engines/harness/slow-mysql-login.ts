import { type AuthPlugin, authPlugins, type ConnectionOptions, createConnection } from "mysql2";

export interface SlowLogin {
  /** Settles when the server has heard the name and waits for proof of the password. */
  isNamed: Promise<void>;
  /** Goes on with the proof. */
  answer(): void;
  /** `served`: the session came to be and answered a statement. */
  outcome: Promise<"served" | "refused">;
}

/** A client that names its user and takes its time with the password. */
export function slowLogin(login: ConnectionOptions): SlowLogin {
  const named = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const late =
    (plugin: AuthPlugin): AuthPlugin =>
    (metadata) => {
      const prove = plugin(metadata);
      return async (data): Promise<Buffer> => {
        named.resolve();
        await answered.promise;
        return Buffer.from((await prove(data)) ?? "");
      };
    };
  const connection = createConnection({
    ...login,
    authPlugins: {
      mysql_native_password: late(authPlugins.mysql_native_password({})),
      caching_sha2_password: late(authPlugins.caching_sha2_password({})),
    },
  });
  connection.on("error", () => {});
  offerUnknownMethod(connection);
  const outcome = new Promise<"served" | "refused">((resolve) => {
    connection.query("SELECT 1", (error) => {
      connection.destroy();
      resolve(error ? "refused" : "served");
    });
  });
  return { isNamed: named.promise, answer: () => answered.resolve(), outcome };
}

/** mysql2 would prove the password along with the name; a method that the server does not know makes it ask again. */
function offerUnknownMethod(connection: object): void {
  const wire = connection as { writePacket(packet: { buffer: Buffer }): void };
  const write = wire.writePacket.bind(connection);
  wire.writePacket = (packet) => {
    const at = packet.buffer.indexOf("mysql_native_password");
    if (at >= 0) packet.buffer.write("mysql_unknown_passwor", at);
    write(packet);
  };
}
