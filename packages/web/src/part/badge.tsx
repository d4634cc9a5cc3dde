import type { IncidentSummary, VerdictState } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { verdictWords } from "../text/verdict.ts";
import { VerdictIcon } from "./verdict-icon.tsx";

/** A verdict as sign and word; its meaning on hover. */
export function VerdictBadge(props: { readonly state: VerdictState }): ReactElement {
  const words = verdictWords[props.state];
  return (
    <span className={`badge verdict-${props.state}`} title={words.meaning}>
      <VerdictIcon state={props.state} />
      {words.word}
    </span>
  );
}

/** How bad an incident or finding is, with the sign of the matching verdict. */
export function SeverityBadge(props: { readonly severity: IncidentSummary["severity"] }): ReactElement {
  return <VerdictBadge state={props.severity} />;
}

const stateWords: { readonly [S in IncidentSummary["state"]]: string } = {
  open: "Open",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
};

/** Where an incident stands. */
export function IncidentStateBadge(props: { readonly state: IncidentSummary["state"] }): ReactElement {
  return <span className={`badge state-${props.state}`}>{stateWords[props.state]}</span>;
}
