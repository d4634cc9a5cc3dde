import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { formatMoment } from "../text/time.ts";
import { ProblemBox } from "./problem-box.tsx";

/** Grey lines where text will be. */
export function Skeleton(props: { readonly lines: number; readonly what: string }): ReactElement {
  return (
    <div className="skeleton" role="status" aria-label={`Loading ${props.what}`}>
      {Array.from({ length: props.lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never move
        <span key={line} />
      ))}
    </div>
  );
}

/**
 * A query's three faces: not here yet, refused, here. What was read once stays on the page when a refresh fails, with
 * a note that says since when it is old.
 */
export function Loaded<T>(props: {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  const { query, what } = props;
  if (query.data === undefined) {
    return query.error === null ? (
      <Skeleton lines={props.lines ?? 3} what={what} />
    ) : (
      <ProblemBox error={query.error} doing={`Loading ${what}`} />
    );
  }
  return (
    <>
      {query.error === null ? null : (
        <p className="stale" role="status">
          Not refreshed since {formatMoment(new Date(query.dataUpdatedAt).toISOString())}: {query.error.message}
        </p>
      )}
      {props.children(query.data)}
    </>
  );
}
