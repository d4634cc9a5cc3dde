import type { VerdictState, WindowSummary } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { VerdictBadge } from "../../part/badge.tsx";
import { Choice } from "../../part/choice.tsx";
import { Hint } from "../../part/hint.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { HealthStrip } from "../../plot/health-strip.tsx";
import { windowSentence } from "../../text/performance-sentence.ts";
import type { SensingProps } from "./sensing-props.ts";
import { spans } from "./use-view.ts";

const states: readonly VerdictState[] = [
  "healthy",
  "warning",
  "critical",
  "not-enough-data",
  "waiting-for-labels",
  "not-checked",
];

/** One cell per window, and what is known of the chosen one. */
export function HealthSection(props: SensingProps & { readonly chosen: WindowSummary | null }): ReactElement {
  const { windows, chosen, view, nameWindow } = props;
  return (
    <Section
      id="health"
      title={
        <>
          Health over windows <Hint term="window" />
        </>
      }
      aside={
        <Choice name="Show" value={view.count ?? "all"} onChoose={(count) => view.choose("windows", count)}>
          {spans.map(({ count, word }) => (
            <option key={word} value={count ?? "all"}>
              {word}
            </option>
          ))}
        </Choice>
      }
    >
      {windows.length === 0 ? (
        <Empty>
          No window has begun. Send predictions with <code>POST /v1/systems/{props.system.name}/predictions</code>
          {props.system.serving === "gateway" ? " or ask the gateway for some" : ""}.
        </Empty>
      ) : (
        <>
          <HealthStrip
            windows={windows}
            chosen={chosen?.start ?? null}
            onChoose={(start) => view.choose("window", start)}
            nameWindow={nameWindow}
          />
          <p className="readout" aria-live="polite">
            {chosen === null ? null : <span>Chosen window: {windowSentence(chosen, nameWindow(chosen.start))}</span>}
          </p>
          <ul className="states" aria-label="Legend: states of a window">
            {states.map((state) => (
              <li key={state}>
                <VerdictBadge state={state} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
