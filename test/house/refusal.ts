import type { Problem } from "@homeostat/protocol";
import { ProblemError } from "@homeostat/sdk";

/** The problem with which a call is refused. @throws Error when it is not refused, or fails otherwise. */
export async function refusalOf(call: Promise<unknown>): Promise<Problem> {
  try {
    await call;
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown.problem;
    throw thrown;
  }
  throw new Error("the call was not refused");
}
