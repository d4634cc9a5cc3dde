import type { Change } from "@homeostat/protocol";
import type { ReactElement } from "react";
import type { Marker } from "../plot/series.ts";
import { formatMoment } from "../text/time.ts";
import { Moment } from "./moment.tsx";

/** Changes in order of time, as charts number them. */
function numberedChanges(changes: readonly Change[]): readonly Change[] {
  return changes.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** A vertical line for each change, flagged with its number in the list. */
export function changeMarkers(changes: readonly Change[]): readonly Marker[] {
  return numberedChanges(changes).map((change, index) => ({
    at: Date.parse(change.time),
    kind: "change",
    flag: String(index + 1),
    title: `${index + 1}: ${change.title} (${change.component}, ${formatMoment(change.time)})`,
  }));
}

/** The change log behind the numbers on the charts. */
export function ChangeList(props: { readonly changes: readonly Change[] }): ReactElement {
  return (
    <ol className="change-list">
      {numberedChanges(props.changes).map((change) => (
        <li key={change.id}>
          <span>{change.title}</span>
          <span className="under">
            <Moment at={change.time} absent="" /> · {change.kind.replace("-", " ")} of <code>{change.component}</code>
            {change.actor === undefined ? "" : ` · by ${change.actor}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
