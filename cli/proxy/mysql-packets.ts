/** Packets of MySQL's protocol, as a login has them (MySQL Source Code Documentation, "Connection Phase Packets"). */
import type { Socket } from "node:net";
import { longestMessage, type SocketReader } from "./socket-reader.ts";

/** What client and server may agree on, by bit; only those that a relay must know. */
export const capability = {
  withDatabase: 1 << 3,
  compress: 1 << 5,
  protocol41: 1 << 9,
  tls: 1 << 11,
  secureConnection: 1 << 15,
  pluginAuth: 1 << 19,
  attributes: 1 << 20,
  longProof: 1 << 21,
  zstd: 1 << 26,
  manyFactors: 1 << 28,
} as const;

export interface Packet {
  sequence: number;
  payload: Buffer;
}

export async function readPacket(reader: SocketReader): Promise<Packet> {
  const head = await reader.bytes(4);
  const length = head.readUIntLE(0, 3);
  if (length > longestMessage) throw new Error("this is not MySQL's protocol");
  return { sequence: head.readUInt8(3), payload: await reader.bytes(length) };
}

export function packetOf({ sequence, payload }: Packet): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head.writeUInt8(sequence % 256, 3);
  return Buffer.concat([head, payload]);
}

export function writePacket(socket: Socket, packet: Packet): void {
  socket.write(packetOf(packet));
}

/** Text that ends with a NUL. */
export const ended = (text: string) => Buffer.from(`${text}\0`, "utf8");

/** Up to the next NUL, and where the rest begins. */
export function textAt(payload: Buffer, at: number): [text: string, next: number] {
  const end = payload.indexOf(0, at);
  if (end < 0) throw new Error("this is not MySQL's protocol");
  return [payload.toString("utf8", at, end), end + 1];
}

/** "Length-encoded integer", and where what it measures begins. */
function lengthAt(payload: Buffer, at: number): [length: number, next: number] {
  const first = payload.readUInt8(at);
  if (first < 0xfb) return [first, at + 1];
  if (first === 0xfc) return [payload.readUInt16LE(at + 1), at + 3];
  if (first === 0xfd) return [payload.readUIntLE(at + 1, 3), at + 4];
  throw new Error("this is not MySQL's protocol");
}

export interface Greeting {
  /** Where its capabilities stand: the lower 16 bits, and five bytes on the upper ones. */
  capabilitiesAt: number;
  capabilities: number;
  /** The way to log in that the server proposes. */
  plugin: string;
}

/** "Protocol::HandshakeV10". A server that lets nobody in says an error in its place. */
export function greetingIn(payload: Buffer): Greeting {
  if (payload[0] === 0xff) throw new Error(payload.toString("utf8", 3));
  if (payload[0] !== 10) throw new Error("this is not MySQL's protocol");
  const capabilitiesAt = textAt(payload, 1)[1] + 13;
  const capabilities =
    payload.readUInt16LE(capabilitiesAt) | (payload.readUInt16LE(capabilitiesAt + 5) << 16);
  const scramble = Math.max(13, payload.readUInt8(capabilitiesAt + 7) - 8);
  const [plugin] = textAt(payload, capabilitiesAt + 18 + scramble);
  return { capabilitiesAt, capabilities, plugin };
}

export interface Response {
  /** Capabilities, size of packets, character set, and what MariaDB adds: all that stands before the names. */
  head: Buffer;
  capabilities: number;
  /** What the client proves its password with; nothing is made of it. */
  proof: Buffer;
  database: string;
  /** The way to log in that the client has chosen; empty: it knows of one only. */
  plugin: string;
  /** What the client's program says of itself, as it stands there. */
  attributes: Buffer;
}

/** "Protocol::HandshakeResponse41". */
export function responseIn(payload: Buffer): Response {
  const capabilities = payload.readUInt32LE(0) | 0;
  const has = (bit: number) => (capabilities & bit) !== 0;
  if (!has(capability.protocol41)) throw new Error("this client is older than MySQL 4.1");
  const user = textAt(payload, 32)[1];
  const [length, from] = has(capability.longProof)
    ? lengthAt(payload, user)
    : [payload.readUInt8(user), user + 1];
  const proof = payload.subarray(from, from + length);
  const [database, behind]: [string, number] = has(capability.withDatabase)
    ? textAt(payload, from + length)
    : ["", from + length];
  const [plugin, last]: [string, number] = has(capability.pluginAuth)
    ? textAt(payload, behind)
    : ["", behind];
  const attributes = has(capability.attributes) ? payload.subarray(last) : Buffer.alloc(0);
  return { head: payload.subarray(0, 32), capabilities, proof, database, plugin, attributes };
}
