/** Thrown when the program contradicts itself. Never caught except at the outermost edge, which answers 500 without the message. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** States what the code relies on. A failure is a bug of ours, never the user's mistake and never the world's. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
