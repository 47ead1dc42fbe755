/** An error as oracledb gives it. */
export class OraError extends Error {
  readonly errorNum: number;
  readonly code: string;

  constructor(number: number, text: string) {
    const code = `ORA-${String(number).padStart(5, "0")}`;
    super(`${code}: ${text}`);
    this.errorNum = number;
    this.code = code;
  }
}

/** What the driver says when its connection is gone; also of ORA-00031, which it takes for the same. */
export function connectionClosed(): Error {
  return Object.assign(new Error("NJS-500: connection to Oracle Database was closed or broken"), {
    code: "NJS-500",
  });
}
