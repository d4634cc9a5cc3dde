import type { IncidentSummary } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { formatCount } from "../text/number.ts";
import { IncidentStateBadge, SeverityBadge } from "./badge.tsx";
import { InWords } from "./in-words.tsx";
import { Moment, RecentMoment } from "./moment.tsx";
import { ScrollTable } from "./section.tsx";
import { useNow } from "./use-now.ts";

/** Incidents as a table; the caller chooses and orders them. */
export function IncidentTable(props: {
  readonly incidents: readonly IncidentSummary[];
  readonly caption: string;
}): ReactElement {
  const nowMs = useNow();
  return (
    <ScrollTable caption={props.caption} label={props.caption}>
      <thead>
        <tr>
          <th scope="col" className="number">
            No.
          </th>
          <th scope="col">Incident</th>
          <th scope="col">Severity</th>
          <th scope="col">State</th>
          <th scope="col">Owner</th>
          <th scope="col">Since (event time)</th>
          <th scope="col">Opened</th>
          <th scope="col" className="number">
            Findings
          </th>
        </tr>
      </thead>
      <tbody>
        {props.incidents.map((incident) => (
          <tr key={incident.number}>
            <td className="number">{incident.number}</td>
            <th scope="row" className="wide">
              <Link href={`/incidents/${incident.number}`}>
                <InWords text={incident.title} />
              </Link>
              <span className="under">
                {incident.system} · {incident.layer} layer
              </span>
            </th>
            <td>
              <SeverityBadge severity={incident.severity} />
            </td>
            <td>
              <IncidentStateBadge state={incident.state} />
              {incident.acknowledgedBy === null ? null : <span className="under">by {incident.acknowledgedBy}</span>}
            </td>
            <td>{incident.owner}</td>
            <td>
              <Moment at={incident.since} absent="" />
            </td>
            <td>
              <RecentMoment at={incident.openedAt} nowMs={nowMs} />
            </td>
            <td className="number">{formatCount(incident.findings)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
