import { isoOf } from "../domain/instant.ts";

/** One line of the server's log: JSON on standard error, so that standard output stays for people. */
interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly part: string;
  readonly message: string;
  readonly detail?: unknown;
}

export type WriteLog = (line: LogLine) => void;

export function createLog(now: () => number, write: (text: string) => void): WriteLog {
  return ({ level, part, message, detail }) => {
    write(
      `${JSON.stringify({ at: isoOf(now()), level, part, message, ...(detail === undefined ? {} : { detail: shown(detail) }) })}\n`,
    );
  };
}

function shown(detail: unknown): unknown {
  return detail instanceof Error ? { name: detail.name, message: detail.message, stack: detail.stack } : detail;
}
