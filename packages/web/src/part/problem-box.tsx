import { ProblemError, UnreachableError } from "@homeostat/sdk";
import type { ReactElement } from "react";

interface Told {
  readonly title: string;
  readonly detail: string;
  readonly next: string;
}

function tell(error: Error): Told {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof UnreachableError) {
    return {
      title: "The server does not answer",
      detail: "The page asked the address it came from and got nothing back.",
      next: "Is `homeostat up` running? The page tries again by itself.",
    };
  }
  return {
    title: "The page made a mistake",
    detail: error.message,
    next: "Load the page again; report it if it stays.",
  };
}

/** What went wrong, the detail, and what to do next. */
export function ProblemBox(props: { readonly error: Error; readonly doing: string }): ReactElement {
  const told = tell(props.error);
  const problem = props.error instanceof ProblemError ? props.error.problem : null;
  return (
    <div className="problem" role="alert">
      <p className="problem-title">
        {props.doing}: {told.title}
      </p>
      <p>{told.detail}</p>
      <p>
        <strong>Next:</strong> {told.next}
      </p>
      {problem === null || (problem.issues ?? []).length === 0 ? null : (
        <ul>
          {problem.issues.map((issue) => (
            <li key={`${issue.path} ${issue.expected}`}>
              <code>{issue.path}</code>: expected {issue.expected}, found {issue.found}
            </li>
          ))}
        </ul>
      )}
      {problem === null || problem.requestId === "" ? null : (
        <p className="quiet">
          {problem.code} · request <code>{problem.requestId}</code>
        </p>
      )}
    </div>
  );
}
