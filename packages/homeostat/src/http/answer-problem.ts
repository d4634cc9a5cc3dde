import { type Problem, publicErrors } from "@homeostat/protocol";
import { Fault } from "../domain/fault.ts";
import { allows } from "../domain/key/api-key.ts";
import { faultAnswers } from "./answer-fault.ts";
import type { Caller, Refusal } from "./handler.ts";

export const problemType = "application/problem+json; charset=utf-8";
/** Problem types are names, not pages: `docs/errors.md` explains each code. */
const typeBase = "urn:homeostat:problem:";

export interface ProblemAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterSeconds: number | undefined;
}

const defaultRetrySeconds = { "rate-limited": 5, unavailable: 5 } as const;

/** The RFC 9457 body of a refusal. 429 and 503 always carry a time after which trying again makes sense. */
export function problemOf(refusal: Refusal, requestId: string): ProblemAnswer {
  const { status, title, next } = publicErrors[refusal.code];
  const problem: Problem = {
    type: typeBase + refusal.code,
    code: refusal.code,
    title,
    status,
    detail: refusal.detail,
    next,
    requestId,
    issues: [...(refusal.issues ?? [])],
  };
  const fallback =
    refusal.code === "rate-limited" || refusal.code === "unavailable" ? defaultRetrySeconds[refusal.code] : undefined;
  return { status, body: JSON.stringify(problem), retryAfterSeconds: refusal.retryAfterSeconds ?? fallback };
}

/**
 * What a thrown value becomes. A fault says what failed to callers who may operate the server; others learn the part
 * only. Everything else is a bug of ours: its message stays in the log.
 */
export function refusalOfThrown(thrown: unknown, caller: Caller | undefined): Refusal {
  if (!(thrown instanceof Fault))
    return {
      kind: "refused",
      code: "internal",
      detail: "An unexpected error; the server's log has it under this request id.",
    };
  const answer = faultAnswers[thrown.code];
  const mayKnow = caller !== undefined && allows(caller.scopes, "operate");
  const detail = mayKnow ? thrown.message : `The server met the fault ${thrown.code}.`;
  return answer.retryAfterSeconds === undefined
    ? { kind: "refused", code: answer.code, detail }
    : { kind: "refused", code: answer.code, detail, retryAfterSeconds: answer.retryAfterSeconds };
}
