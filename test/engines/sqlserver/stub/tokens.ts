/** What a server answers, in bytes (MS-TDS, section 2.2.7). */

const ucs2 = (text: string) => Buffer.from(text, "utf16le");
const u8 = (...values: number[]) => Buffer.from(values);
const u16 = (value: number) => u8(value & 0xff, (value >> 8) & 0xff);
const u32 = (value: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
};
const shortText = (text: string) => Buffer.concat([u8(text.length), ucs2(text)]);
const longText = (text: string) => Buffer.concat([u16(text.length), ucs2(text)]);
const sized = (token: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([u8(token), u16(body.length), body]);
};

export function loginAck(): Buffer {
  return sized(0xad, u8(1, 0x74, 0, 0, 4), shortText("Microsoft SQL Server"), u8(16, 0, 16, 9));
}

export function databaseChange(to: string, from: string): Buffer {
  return sized(0xe3, u8(1), shortText(to), shortText(from));
}

/** TDS routing: the client is to log in elsewhere. */
export function routing(host: string, port: number): Buffer {
  const target = Buffer.concat([u8(0), u16(port), longText(host)]);
  return sized(0xe3, u8(20), u16(target.length), target, u16(0));
}

export function failure(number: number, message: string): Buffer {
  return sized(
    0xaa,
    u32(number),
    u8(1, 16),
    longText(message.slice(0, 2000)),
    shortText("stub"),
    shortText(""),
    u32(1),
  );
}

const doneStatus = { final: 0, more: 1, error: 2, attention: 0x20 } as const;

export function done(status: keyof typeof doneStatus): Buffer {
  return Buffer.concat([u8(0xfd), u16(doneStatus[status]), u16(0), Buffer.alloc(8)]);
}

export type Value = number | string | Uint8Array | Date | null;

/** Columns and rows of one SELECT. The type of a column is that of its first value. */
export function rows(names: readonly string[], values: readonly (readonly Value[])[]): Buffer {
  const columns = names.map((name, index) =>
    columnOf(name, values.find((row) => row[index] !== null)?.[index]),
  );
  const head = columns.map(({ info, name }) => Buffer.concat([u32(0), u16(1), info, shortText(name)]));
  const body = values.flatMap((row) => [
    u8(0xd1),
    ...row.map((value, index) => columns[index]?.encode(value) ?? u8()),
  ]);
  return Buffer.concat([u8(0x81), u16(columns.length), ...head, ...body]);
}

interface Column {
  name: string;
  info: Buffer;
  encode(value: Value): Buffer;
}

const collation = u8(0x09, 0x04, 0xd0, 0x00, 0x34);
const none = u8(0xff, 0xff);

function columnOf(name: string, sample: Value | undefined): Column {
  if (typeof sample === "number") {
    const encode = (value: Value) => (value === null ? u8(0) : Buffer.concat([u8(4), u32(Number(value))]));
    return { name, info: u8(0x26, 4), encode };
  }
  if (sample instanceof Date) {
    const encode = (value: Value) => (value instanceof Date ? Buffer.concat([u8(8), moment(value)]) : u8(0));
    return { name, info: u8(0x6f, 8), encode };
  }
  if (sample instanceof Uint8Array) {
    const encode = (value: Value) =>
      value instanceof Uint8Array ? Buffer.concat([u16(value.length), value]) : none;
    return { name, info: Buffer.concat([u8(0xa5), u16(8000)]), encode };
  }
  const encode = (value: Value) => {
    if (value === null) return none;
    const text = ucs2(String(value));
    return Buffer.concat([u16(text.length), text]);
  };
  return { name, info: Buffer.concat([u8(0xe7), u16(8000), collation]), encode };
}

/** Days since 1900 and three-hundredths of a second since midnight. */
function moment(at: Date): Buffer {
  const ms = at.getTime() - Date.UTC(1900, 0, 1);
  const days = Math.floor(ms / 86_400_000);
  return Buffer.concat([u32(days), u32(Math.round(((ms - days * 86_400_000) * 3) / 10))]);
}
