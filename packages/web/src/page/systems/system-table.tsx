import type { SystemSummary, VerdictState } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { VerdictBadge } from "../../part/badge.tsx";
import { Hint } from "../../part/hint.tsx";
import { Moment, Span } from "../../part/moment.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { Known, Unknown } from "../../part/unknown.tsx";
import { formatCount, formatShare } from "../../text/number.ts";
import { verdictWords } from "../../text/verdict.ts";

function ownersText(owners: SystemSummary["owners"]): string {
  return [...new Set(Object.values(owners))].join(", ");
}

function ownersTitle(owners: SystemSummary["owners"]): string {
  return Object.entries(owners)
    .map(([duty, owner]) => `${duty.replaceAll("-", " ")}: ${owner}`)
    .join("\n");
}

function SystemRow(props: { readonly system: SystemSummary }): ReactElement {
  const { system } = props;
  const { liveRelease, lastWindow } = system;
  return (
    <tr>
      <th scope="row" className="wide">
        <Link href={`/systems/${system.name}`}>{system.name}</Link>
        <span className="under">{system.description}</span>
        <span className="under" title={ownersTitle(system.owners)}>
          Owners: {ownersText(system.owners)}
        </span>
      </th>
      <td>
        <VerdictBadge state={system.health} />
      </td>
      <td className="number">
        {system.openIncidents === 0 ? (
          "0"
        ) : (
          <Link href={`/incidents?system=${system.name}`}>{formatCount(system.openIncidents)}</Link>
        )}
      </td>
      <td>
        {liveRelease === null ? <Unknown reason="no release is live" /> : `No. ${liveRelease.number}`}
        <span className="under moment">{system.serving === "gateway" ? "served here" : "monitor-only"}</span>
      </td>
      <td className="number">{formatCount(system.rows)}</td>
      <td className="number">
        <Known
          value={system.rows === 0 ? null : system.labelledRows / system.rows}
          format={formatShare}
          absent="no rows yet"
        />
      </td>
      <td>
        {lastWindow === null ? (
          <Unknown reason="no window has begun" />
        ) : (
          <>
            <Span start={lastWindow.start} end={lastWindow.end} />
            <span className="under">{verdictWords[lastWindow.verdict].word.toLowerCase()}</span>
          </>
        )}
      </td>
      <td>
        <Moment at={system.lastEventAt} absent="no event yet" />
      </td>
    </tr>
  );
}

const order: readonly VerdictState[] = [
  "critical",
  "warning",
  "not-checked",
  "not-enough-data",
  "waiting-for-labels",
  "healthy",
];

/** Systems by health, then by name; what nobody checks comes before what merely waits. */
function worstFirst(systems: readonly SystemSummary[]): readonly SystemSummary[] {
  return systems.toSorted((a, b) => order.indexOf(a.health) - order.indexOf(b.health) || a.name.localeCompare(b.name));
}

/** Every system with its health and what it rests on. */
export function SystemTable(props: { readonly systems: readonly SystemSummary[] }): ReactElement {
  return (
    <ScrollTable caption="Worst first" label="Systems under care">
      <thead>
        <tr>
          <th scope="col">System</th>
          <th scope="col">Health</th>
          <th scope="col" className="number">
            Open incidents
          </th>
          <th scope="col">Live release</th>
          <th scope="col" className="number">
            Rows seen
          </th>
          <th scope="col" className="number">
            Labelled <Hint term="coverage" />
          </th>
          <th scope="col">
            Last window <Hint term="window" />
          </th>
          <th scope="col">Last event</th>
        </tr>
      </thead>
      <tbody>
        {worstFirst(props.systems).map((system) => (
          <SystemRow key={system.name} system={system} />
        ))}
      </tbody>
    </ScrollTable>
  );
}
