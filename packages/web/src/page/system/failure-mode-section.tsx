import type { FailureModeEntry, VerdictState } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useCoverage } from "../../data/monitor.ts";
import { VerdictBadge } from "../../part/badge.tsx";
import { InWords } from "../../part/in-words.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { worstFirst } from "../../text/verdict.ts";

function Watched({ entry }: { readonly entry: FailureModeEntry }): ReactElement {
  switch (entry.watch) {
    case "watched":
    case "asked-in-vain":
      return <VerdictBadge state={entry.verdict} />;
    case "not-watched":
      return <span className="badge">Not watched</span>;
    case "does-not-apply":
      return <span className="badge">Does not apply</span>;
  }
}

function Row({ entry }: { readonly entry: FailureModeEntry }): ReactElement {
  return (
    <tr>
      <th scope="row">{entry.title}</th>
      <td>{entry.layer}</td>
      <td>
        <Watched entry={entry} />
      </td>
      <td>{entry.by.join(", ")}</td>
      <td>{entry.since === null ? <InWords text={entry.why ?? ""} /> : <Moment at={entry.since} absent="" />}</td>
    </tr>
  );
}

/** What nothing watches stands beside what is wrong; what does not apply comes last. */
function standing(entry: FailureModeEntry): VerdictState {
  switch (entry.watch) {
    case "watched":
    case "asked-in-vain":
      return entry.verdict;
    case "not-watched":
      return "warning";
    case "does-not-apply":
      return "healthy";
  }
}

/** The coverage map: every way of going wrong with what watches it, or why nothing does. */
export function FailureModeSection(props: { readonly system: string }): ReactElement {
  const query = useCoverage(props.system);
  return (
    <Section id="failure-modes" title="Failure modes: what is watched">
      <Loaded query={query} what="the coverage map" lines={8}>
        {({ watched, applies, items }) => (
          <>
            <p>
              {watched} of {applies} ways in which this system can go wrong are watched.
            </p>
            <ShowMore items={worstFirst(items, standing)} first={10} what="failure modes">
              {(shown) => (
                <ScrollTable caption="Every failure mode with what watches it" label="Coverage map">
                  <thead>
                    <tr>
                      <th scope="col">What goes wrong</th>
                      <th scope="col">Layer</th>
                      <th scope="col">Watched</th>
                      <th scope="col">By</th>
                      <th scope="col">Since, or why not</th>
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map((entry) => (
                      <Row key={entry.mode} entry={entry} />
                    ))}
                  </tbody>
                </ScrollTable>
              )}
            </ShowMore>
          </>
        )}
      </Loaded>
    </Section>
  );
}
