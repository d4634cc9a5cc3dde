import type { VerdictState } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { outcomeWords, type RuleOutcome } from "../text/contract.ts";
import { VerdictIcon } from "./verdict-icon.tsx";

const signs: { readonly [O in RuleOutcome]: VerdictState } = {
  kept: "healthy",
  info: "not-enough-data",
  warning: "warning",
  critical: "critical",
  none: "not-checked",
};

/** How a promise was kept, as sign and word; its meaning on hover. */
export function OutcomeBadge(props: { readonly outcome: RuleOutcome }): ReactElement {
  const { word, meaning } = outcomeWords[props.outcome];
  return (
    <span
      className={`badge ${props.outcome === "info" ? "outcome-info" : `verdict-${signs[props.outcome]}`}`}
      title={meaning}
    >
      <VerdictIcon state={signs[props.outcome]} />
      {word}
    </span>
  );
}
