import { Fault } from "../../domain/fault.ts";

/**
 * Rows wait in tables that an engine may have lost or made anew between two statements: then the block must be sent again.
 * @throws Fault `engine-unavailable`, which is worth another try.
 */
export function requireStaged(staged: number, sent: number): void {
  if (staged >= sent) return;
  throw new Fault("engine-unavailable", {
    reason: `it holds ${staged} of the ${sent} rows just sent; it was restarted in between`,
  });
}
