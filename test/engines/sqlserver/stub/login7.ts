/** What a client says of itself (MS-TDS, section 2.2.6.4). */
export interface Login7 {
  user: string;
  password: string;
  application: string;
  database: string;
}

export function readLogin7(data: Buffer): Login7 {
  const text = (at: number) => {
    const start = data.readUInt16LE(at);
    return data.subarray(start, start + data.readUInt16LE(at + 2) * 2);
  };
  const plain = (at: number) => text(at).toString("utf16le");
  // Each byte is inverted in part and its halves are swapped: no secrecy, TLS is around it.
  const password = Buffer.from(
    text(44).map((byte) => {
      const it = byte ^ 0xa5;
      return ((it << 4) & 0xf0) | (it >> 4);
    }),
  );
  return {
    user: plain(40),
    password: password.toString("utf16le"),
    application: plain(48),
    database: plain(68),
  };
}

/** The text of a batch, after its headers. */
export function readBatch(data: Buffer): string {
  return data.subarray(data.readUInt32LE(0)).toString("utf16le");
}
