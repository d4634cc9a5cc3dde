import type { Diagnosis } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { InWords } from "../../part/in-words.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { formatCount, formatDecimal, formatShare } from "../../text/number.ts";

type Check = Diagnosis["fix"][number]["check"];

function checkWords(check: Check): string {
  if (check.kind === "not-checked") return `Not checked: ${check.reason}`;
  const shown = (value: number | null): string => (value === null ? "unknown" : formatDecimal(value, 4));
  return [
    `mean squared error ${shown(check.loss)} → ${shown(check.fixedLoss)} on ${formatCount(check.labelled)} rows with outcomes`,
    `PSI of the answers ${shown(check.scorePsi)} → ${shown(check.fixedScorePsi)}`,
    `${formatShare(check.agreement)} equal decisions on ${formatCount(check.rows)} rows`,
  ].join("; ");
}

/** What would end the harm, tried on logged rows beside what was answered. Nothing goes live by it. */
export function FixSection(props: { readonly diagnosis: Diagnosis }): ReactElement {
  const { fix } = props.diagnosis;
  return (
    <Section id="fix" title="What could be done, tried on logged rows">
      {fix.length === 0 ? (
        <Empty>No fix is known. Step 7 says why.</Empty>
      ) : (
        <ol className="suspects">
          {fix.map(({ action, words, check }) => (
            <li key={`${action} ${words}`} className="suspect">
              <p className="suspect-head">
                <strong>
                  <InWords text={words} />
                </strong>
                {check.kind === "scored" ? <span className="badge">{check.verdict.replace("-", " ")}</span> : null}
              </p>
              <p className="under">{checkWords(check)}</p>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
