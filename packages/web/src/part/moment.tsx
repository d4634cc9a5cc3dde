import type { ReactElement } from "react";
import { formatAgo, formatMoment, formatWindow, momentTitle } from "../text/time.ts";
import { Unknown } from "./unknown.tsx";

/** An instant in the reader's zone; local time with zone and UTC on hover. `absent` says why there is none. */
export function Moment(props: { readonly at: string | null; readonly absent: string }): ReactElement {
  if (props.at === null) return <Unknown reason={props.absent} />;
  return (
    <time dateTime={props.at} title={momentTitle(props.at)}>
      {formatMoment(props.at)}
    </time>
  );
}

/** An instant of the server's own clock, with how long ago it was. */
export function RecentMoment(props: { readonly at: string; readonly nowMs: number }): ReactElement {
  return (
    <time dateTime={props.at} title={momentTitle(props.at)}>
      {formatMoment(props.at)} <span className="quiet">({formatAgo(props.at, props.nowMs)})</span>
    </time>
  );
}

/** A stretch of event time. */
export function Span(props: { readonly start: string; readonly end: string }): ReactElement {
  return (
    <span className="moment" title={`${momentTitle(props.start)} to ${momentTitle(props.end)}`}>
      {formatWindow(props.start, Date.parse(props.end) - Date.parse(props.start))}
    </span>
  );
}
