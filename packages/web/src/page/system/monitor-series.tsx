import type { SeriesCell } from "@homeostat/protocol";
import { type ReactElement, useState } from "react";
import { useMonitor } from "../../data/monitor.ts";
import { VerdictBadge } from "../../part/badge.tsx";
import { InWords } from "../../part/in-words.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, ScrollTable } from "../../part/section.tsx";
import { formatCount } from "../../text/number.ts";

const firstFew = 20;

const whereOf = ({ segment }: SeriesCell): string =>
  segment === null ? "all rows" : `${segment.name}=${segment.value}`;

function SeriesTable(props: { readonly monitor: string; readonly items: readonly SeriesCell[] }): ReactElement {
  const { monitor, items } = props;
  const [all, setAll] = useState(false);
  if (items.length === 0) return <Empty>{monitor} asked about no series in the newest evaluated window.</Empty>;
  return (
    <>
      <ScrollTable caption={`What ${monitor} says of every series, worst first`} label={`Series of ${monitor}`}>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">What</th>
            <th scope="col">Verdict</th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col">In words</th>
          </tr>
        </thead>
        <tbody>
          {(all ? items : items.slice(0, firstFew)).map((cell) => (
            <tr key={`${whereOf(cell)}|${cell.feature ?? ""}|${cell.metric}`}>
              <th scope="row">{whereOf(cell)}</th>
              <td>{cell.feature ?? cell.metric}</td>
              <td>
                <VerdictBadge state={cell.state} />
              </td>
              <td className="number">{formatCount(cell.rows)}</td>
              <td>
                <InWords text={cell.says} />
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      {items.length <= firstFew ? null : (
        <button type="button" onClick={() => setAll(!all)}>
          {all ? `Show the first ${firstFew}` : `Show all ${items.length}`}
        </button>
      )}
    </>
  );
}

/** What one monitor says of every segment and feature of the newest window; silence says what it would have heard. */
export function MonitorSeries(props: { readonly system: string; readonly monitor: string }): ReactElement {
  const query = useMonitor(props.system, props.monitor);
  return (
    <Loaded query={query} what="series" lines={6}>
      {({ items }) => <SeriesTable monitor={props.monitor} items={items} />}
    </Loaded>
  );
}
