/** What the shell is told. The table stands in `dblease --help` and does not change meaning between versions. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notSignedIn: 4,
  pending: 5,
  noActiveGrant: 6,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

const byCode: Readonly<Record<string, ExitCode>> = {
  USAGE: exitCode.usage,
  BAD_REQUEST: exitCode.usage,
  REFUSED: exitCode.refused,
  FROZEN: exitCode.refused,
  OWN_REQUEST: exitCode.refused,
  NOT_ALLOWED: exitCode.refused,
  TOO_MANY: exitCode.refused,
  NOT_SIGNED_IN: exitCode.notSignedIn,
  PENDING: exitCode.pending,
  NO_ACTIVE_GRANT: exitCode.noActiveGrant,
  INTERRUPTED: exitCode.interrupted,
};

/** The exit code that belongs to an error code; a code without a place in the table means plainly failed. */
export function exitCodeOf(code: string): ExitCode {
  return byCode[code] ?? exitCode.failed;
}
