/** One line of the server's own log. Bodies, keys and cookies never stand in it. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly requestId?: string;
  readonly detail?: Readonly<Record<string, string | number>>;
  /** What was thrown; the log may print its stack. */
  readonly cause?: unknown;
}

export type Log = (entry: LogEntry) => void;
