/**
 * One client of the proxy that speaks MySQL's protocol in plain text on this machine, and gets a connection that is logged
 * in already, over verified TLS with a token of its own. Here the server speaks first, so that it is opened before the
 * client has said anything: the client is offered what this very server offers, but for TLS and compression.
 */
import { connect as connectTcp, type Socket } from "node:net";
import {
  capability,
  ended,
  type Greeting,
  greetingIn,
  packetOf,
  type Response,
  readPacket,
  responseIn,
  textAt,
  writePacket,
} from "./mysql-packets.ts";
import { pipe, type Relay, type RelayTarget, secure } from "./relay.ts";
import { SocketReader } from "./socket-reader.ts";

const [isOk, isError, asksOtherwise] = [0x00, 0xff, 0xfe];

/** Between this machine and itself there is nothing to hide and nothing to save; a second factor nobody could ask for. */
const notOffered = capability.tls | capability.compress | capability.zstd | capability.manyFactors;

/** The server's greeting as the client gets it. */
function offer(payload: Buffer, { capabilities, capabilitiesAt }: Greeting): Buffer {
  const offered = Buffer.from(payload);
  const rest = capabilities & ~notOffered;
  offered.writeUInt16LE(rest & 0xffff, capabilitiesAt);
  offered.writeUInt16LE(rest >>> 16, capabilitiesAt + 5);
  return offered;
}

/**
 * Whatever stands for a password is good, but the client must be asked in a way that it knows, and hear what this way has
 * behind it. Every client has one of the two ways; newer ones of MySQL have lost the older. @returns number of the next packet.
 */
async function hearPassword(
  client: Socket,
  reader: SocketReader,
  { plugin, proof }: Response,
  { plugin: greeted }: Greeting,
): Promise<number> {
  let sequence = 2;
  let said = proof;
  const way = plugin === "caching_sha2_password" ? plugin : "mysql_native_password";
  if (plugin !== "" && (plugin !== greeted || plugin !== way)) {
    const scramble = Buffer.alloc(21, "dblease-asks-nothing");
    scramble.writeUInt8(0, 20);
    const payload = Buffer.concat([Buffer.of(asksOtherwise), ended(way), scramble]);
    writePacket(client, { sequence, payload });
    const answer = await readPacket(reader);
    said = answer.payload;
    sequence = answer.sequence + 1;
  }
  // "Fast authentication": this plugin waits for it where it has proved a password.
  if (way === "caching_sha2_password" && said.length > 1) {
    writePacket(client, { sequence, payload: Buffer.of(0x01, 0x03) });
    sequence += 1;
  }
  return sequence;
}

/** The client's wishes, with the grant's user, without a proof and, where it names none, with the grant's database. */
function asGrant({ head, capabilities, database, attributes }: Response, target: RelayTarget) {
  const added =
    capability.tls | capability.secureConnection | capability.pluginAuth | capability.withDatabase;
  const first = Buffer.from(head);
  first.writeInt32LE((capabilities | added) & ~capability.longProof, 0);
  const names = [ended(target.username), Buffer.of(0), ended(database || target.database)];
  return { first, whole: Buffer.concat([first, ...names, ended("mysql_native_password"), attributes]) };
}

/** Logs in for the client. @returns what the client is told, and what came with it. */
async function logIn(server: Socket, whole: Buffer, token: string): Promise<[Buffer, SocketReader]> {
  const reader = new SocketReader(server);
  writePacket(server, { sequence: 2, payload: whole });
  for (;;) {
    const { sequence, payload } = await readPacket(reader);
    if (payload[0] === isOk || payload[0] === isError) return [payload, reader];
    // As RDS asks for a token. Whoever asks for something else is not RDS.
    if (payload[0] !== asksOtherwise || textAt(payload, 1)[0] !== "mysql_clear_password") {
      throw new Error("the server does not ask for a token");
    }
    writePacket(server, { sequence: sequence + 1, payload: ended(token) });
  }
}

/** An error as the client's own driver shows it; before the greeting it has no SQLSTATE. */
function refusal(sequence: number, sentence: string): Buffer {
  const state = sequence === 0 ? "" : "#28000";
  const payload = Buffer.concat([Buffer.of(isError, 0x15, 0x04), Buffer.from(`${state}${sentence}`)]);
  return packetOf({ sequence, payload });
}

export const relayMysql: Relay = async (client, target) => {
  client.on("error", () => client.destroy());
  let sequence = 0;
  try {
    // Before the server is asked: a grant that has ended says so itself.
    const token = await target.token();
    const plain = connectTcp(target.port, target.host);
    plain.on("error", () => plain.destroy());
    client.once("close", () => plain.destroy());
    const fromPlain = new SocketReader(plain);
    const { payload } = await readPacket(fromPlain);
    const greeting = greetingIn(payload);
    if ((greeting.capabilities & capability.tls) === 0) throw new Error(`${target.host} offers no TLS`);
    const fromClient = new SocketReader(client);
    writePacket(client, { sequence: 0, payload: offer(payload, greeting) });
    sequence = 2;
    const response = responseIn((await readPacket(fromClient)).payload);
    sequence = await hearPassword(client, fromClient, response, greeting);
    const { first, whole } = asGrant(response, target);
    fromPlain.release();
    writePacket(plain, { sequence: 1, payload: first });
    const server = await secure(plain, target);
    const [answer, fromServer] = await logIn(server, whole, token);
    client.write(Buffer.concat([packetOf({ sequence, payload: answer }), fromServer.release()]));
    server.write(fromClient.release());
    pipe(client, server);
  } catch (error) {
    client.end(refusal(sequence, `dblease proxy: ${error instanceof Error ? error.message : error}`));
  }
};
