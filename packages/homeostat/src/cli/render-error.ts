import type { Problem } from "@homeostat/protocol";
import { ProblemError, UnreachableError } from "@homeostat/sdk";
import { Fault } from "../domain/fault.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import type { Colors } from "./terminal.ts";
import { CommandFailure, UsageError } from "./usage-error.ts";

/** An error as the command line tells it. */
export interface ToldError {
  readonly exitCode: ExitCode;
  /** `refused`, `usage`, `unreachable`, or the server's own code. */
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly issues: Problem["issues"];
  readonly next: string | undefined;
  readonly requestId: string | undefined;
}

/** What to say about something thrown. Bugs keep their stack: they are ours, and the reader should be able to report them. */
export function tellError(thrown: unknown): ToldError {
  if (thrown instanceof ProblemError) return tellProblem(thrown.problem);
  const plain = { detail: undefined, issues: [], requestId: undefined };
  if (thrown instanceof UnreachableError) {
    const next = "Start one with `homeostat up`, or name the address of one that runs with --url or HOMEOSTAT_URL.";
    return {
      ...plain,
      exitCode: exitCodes.unreachable,
      code: "unreachable",
      title: thrown.message,
      detail: causeOf(thrown),
      next,
    };
  }
  if (thrown instanceof UsageError) {
    return { ...plain, exitCode: exitCodes.usage, code: "usage", title: thrown.message, next: thrown.next };
  }
  if (thrown instanceof CommandFailure) {
    return {
      ...plain,
      exitCode: exitCodes.refused,
      code: "failed",
      title: thrown.message,
      next: thrown.next,
    };
  }
  if (thrown instanceof Fault) {
    const next = thrown.retryable ? "The same command may succeed when it is run again." : undefined;
    return { ...plain, exitCode: exitCodes.refused, code: thrown.code, title: thrown.message, next };
  }
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    ...plain,
    exitCode: exitCodes.refused,
    code: "internal",
    title: "Homeostat made a mistake",
    detail,
    next: undefined,
  };
}

function tellProblem(problem: Problem): ToldError {
  return {
    exitCode: exitCodes.refused,
    code: problem.code,
    title: problem.title,
    detail: problem.detail === "" ? undefined : problem.detail,
    issues: problem.issues,
    next: nextAfter(problem),
    requestId: problem.requestId === "" ? undefined : problem.requestId,
  };
}

/** The server does not know how the command line comes by its key. */
function nextAfter({ code, next }: Problem): string | undefined {
  if (code !== "not-signed-in") return next === "" ? undefined : next;
  return "Give a key with --key or HOMEOSTAT_KEY. On the server's own machine one lies in its data directory: name that with --data or HOMEOSTAT_DATA.";
}

function causeOf(error: Error): string | undefined {
  const cause = error.cause instanceof Error && error.cause.cause instanceof Error ? error.cause.cause : error.cause;
  return cause instanceof Error && cause.message !== "" ? cause.message : undefined;
}

/** For people: what is wrong, where exactly, and what to do next. Ends with a newline. */
export function renderError(error: ToldError, colors: Colors): string {
  const code = error.code === "usage" || error.code === "failed" ? "" : colors.dim(` (${error.code})`);
  const lines = [`${colors.red(colors.bold("Error:"))} ${error.title}${code}`];
  if (error.detail !== undefined) lines.push(indented(error.detail));
  for (const { path, expected, found } of error.issues) {
    lines.push(
      `  ${colors.bold(path === "" ? "the body" : path)}`,
      `    expected ${expected}`,
      `    found    ${found}`,
    );
  }
  if (error.next !== undefined) lines.push(`${colors.bold("Next:")} ${error.next}`);
  if (error.requestId !== undefined) lines.push(colors.dim(`Request ${error.requestId}`));
  return `${lines.join("\n")}\n`;
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
