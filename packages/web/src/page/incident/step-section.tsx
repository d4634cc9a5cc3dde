import type { Diagnosis } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { VerdictBadge } from "../../part/badge.tsx";
import { InWords } from "../../part/in-words.tsx";
import { ScrollTable, Section } from "../../part/section.tsx";
import { formatDecimal } from "../../text/number.ts";
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

const shown = (value: number | string | null): string =>
  value === null ? "unknown" : typeof value === "string" ? value : formatDecimal(value, 4);

/** The numbers of a step, and the statements that anybody can ask again. */
function StepDetail(props: { readonly step: Step }): ReactElement | null {
  const { evidence, queries } = props.step;
  if (evidence.length === 0 && queries.length === 0) return null;
  return (
    <details>
      <summary>
        {evidence.length} numbers, {queries.length} statements
      </summary>
      {evidence.length === 0 ? null : (
        <ScrollTable caption="Numbers of this step" label={`Numbers of step ${props.step.step}`}>
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col" className="number">
                Value
              </th>
              <th scope="col" className="number">
                Usual
              </th>
            </tr>
          </thead>
          <tbody>
            {evidence.map(({ name, value, usual }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{shown(value)}</td>
                <td className="number">{usual === null ? "" : shown(usual)}</td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
      {queries.map(({ sql, parameters }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
        <pre key={`${sql}${JSON.stringify(parameters)}`} tabIndex={0}>
          <code>{`${sql}\n-- parameters: ${JSON.stringify(parameters)}`}</code>
        </pre>
      ))}
    </details>
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
            <p>
              <InWords text={step.verdict} />
            </p>
            <StepDetail step={step} />
          </li>
        ))}
      </ol>
    </Section>
  );
}
