import type { Diagnosis } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { VerdictBadge } from "../../part/badge.tsx";
import { Section } from "../../part/section.tsx";
import { formatDuration } from "../../text/time.ts";

type Step = Diagnosis["steps"][number];

function StepStatus(props: { readonly status: Step["status"] }): ReactElement {
  return props.status === "done" ? (
    <span className="badge state-done">
      <svg className="verdict-icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d="M3 8.5l3.2 3.4L13 4.5" />
      </svg>
      Done
    </span>
  ) : (
    <VerdictBadge state={props.status} />
  );
}

/** The diagnosis, step by step. A step that could not be taken says so. */
export function StepSection(props: { readonly diagnosis: Diagnosis }): ReactElement {
  const { steps, tookMs } = props.diagnosis;
  return (
    <Section
      id="steps"
      title="How it was found"
      aside={<span className="quiet">Seven steps in {formatDuration(tookMs)}, run by itself</span>}
    >
      <ol className="steps">
        {steps.map((step) => (
          <li key={step.step} value={step.step}>
            <p className="step-head">
              <strong>{step.title}</strong> <StepStatus status={step.status} />
              <span className="quiet">{formatDuration(step.tookMs)}</span>
            </p>
            <p>{step.verdict}</p>
          </li>
        ))}
      </ol>
    </Section>
  );
}
