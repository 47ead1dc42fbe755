/** An error with the number that SQL Server gives it ("Database Engine events and errors"). */
export class Fault extends Error {
  readonly number: number;

  constructor(number: number, message: string) {
    super(message);
    this.number = number;
  }
}

/** The server does not say which of the two it is. */
export function missing(kind: string, name: string, verb: "alter" | "drop" | "find" = "alter"): Fault {
  return new Fault(
    15_151,
    `Cannot ${verb} the ${kind} '${name}', because it does not exist or you do not have permission.`,
  );
}
