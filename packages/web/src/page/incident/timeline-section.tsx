import type { IncidentDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { InWords } from "../../part/in-words.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";

/** What happened to the incident, oldest first. */
export function TimelineSection(props: { readonly incident: IncidentDetail }): ReactElement {
  const { timeline } = props.incident;
  return (
    <Section id="timeline" title="Timeline">
      {timeline.length === 0 ? (
        <Empty>Nothing has happened yet.</Empty>
      ) : (
        <ShowMore items={timeline} first={12} what="entries">
          {(entries) => (
            <ol className="timeline">
              {entries.map((entry) => (
                <li key={`${entry.at} ${entry.kind} ${entry.text}`}>
                  <span className="quiet">
                    <Moment at={entry.at} absent="" /> · {entry.kind.replaceAll("-", " ")}
                    {entry.actor === null ? "" : ` · ${entry.actor}`}
                  </span>
                  <span>
                    <InWords text={entry.text} />
                  </span>
                </li>
              ))}
            </ol>
          )}
        </ShowMore>
      )}
    </Section>
  );
}
