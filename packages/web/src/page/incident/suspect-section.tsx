import type { Diagnosis } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Hint } from "../../part/hint.tsx";
import { InWords } from "../../part/in-words.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { Bar } from "../../plot/bar.tsx";
import { formatShare } from "../../text/number.ts";

type Suspect = Diagnosis["suspects"][number];

function SuspectItem(props: { readonly suspect: Suspect; readonly named: boolean }): ReactElement {
  const { change, posterior, why } = props.suspect;
  return (
    <li className={props.named ? "suspect named" : "suspect"}>
      <p className="suspect-head">
        <strong>{change === null ? "None of the logged changes" : change.title}</strong>
        {props.named ? <span className="badge state-named">Named cause</span> : null}
        <span className="suspect-share">{formatShare(posterior)}</span>
      </p>
      <Bar value={posterior} most={1} tone="tone-posterior" />
      {change === null ? null : (
        <p className="under">
          <Moment at={change.time} absent="" /> · {change.kind.replace("-", " ")} of <code>{change.component}</code>
          {change.actor === undefined ? "" : ` · by ${change.actor}`}
        </p>
      )}
      {why.length === 0 ? null : (
        <ul>
          {why.map((reason) => (
            <li key={reason}>
              <InWords text={reason} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Suspects by posterior, including that it was none of them. */
export function SuspectSection(props: { readonly diagnosis: Diagnosis }): ReactElement {
  const { suspects, namedCause } = props.diagnosis;
  const named = namedCause === null ? undefined : (namedCause.change?.id ?? null);
  return (
    <Section
      id="suspects"
      title={
        <>
          Why: suspects <Hint term="posterior" />
        </>
      }
    >
      {suspects.length === 0 ? (
        <Empty>No change was weighed: none is logged near the time it began.</Empty>
      ) : (
        <>
          {namedCause === null ? <p>No cause is named: no suspect is probable enough to be accused.</p> : null}
          <ol className="suspects">
            {suspects.map((suspect) => (
              <SuspectItem
                key={suspect.change?.id ?? "none"}
                suspect={suspect}
                named={named !== undefined && (suspect.change?.id ?? null) === named}
              />
            ))}
          </ol>
        </>
      )}
    </Section>
  );
}
