/** The command line, or a file it names, is not as it must be. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** What to do about it. */
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}

/** The command was right and the server did its part, but the work did not succeed. Ends with exit code 1. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly next: string | undefined;

  constructor(message: string, next?: string) {
    super(message);
    this.next = next;
  }
}
