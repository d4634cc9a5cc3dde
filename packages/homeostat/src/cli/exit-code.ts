/** What the process ends with. Printed at the end of `homeostat --help`. */
export const exitCodes = {
  ok: 0,
  /** The server refused, or something went wrong on the way. */
  refused: 1,
  /** The command line itself is wrong. */
  usage: 2,
  unreachable: 3,
  /** There is something to look at: where `--exit-code` asks for it, and in checks of contracts. */
  found: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the end of the help text. */
export const exitCodeHelp = `
Exit codes:
  0  done
  1  refused by the server, or failed on the way
  2  the command line is wrong
  3  no server answers
  4  there is something to look at (with --exit-code, and in source check, test and diff)
`;
