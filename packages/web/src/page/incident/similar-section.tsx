import type { ReactElement } from "react";
import { Link } from "wouter";
import { useSimilarIncidents } from "../../data/learning.ts";
import { InWords } from "../../part/in-words.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";

/** Past incidents that share slice, features, cause or monitors, and the way to the postmortem of this one. */
export function SimilarSection(props: { readonly number: string }): ReactElement {
  const { data } = useSimilarIncidents(props.number);
  return (
    <Section id="similar" title="Past incidents like this one">
      {data === undefined || data.items.length === 0 ? (
        <Empty>None shares its slice, features, cause or monitors.</Empty>
      ) : (
        <ul className="similar">
          {data.items.map((one) => (
            <li key={one.incident}>
              <Link href={`/incidents/${one.incident}`}>
                Incident {one.incident}: <InWords text={one.title} />
              </Link>{" "}
              <span className="quiet">
                <Moment at={one.since} absent="" /> · {one.shared.join(", ")} · cause: {one.cause ?? "not known"}
              </span>{" "}
              {one.postmortem === null ? null : (
                <Link href={`/incidents/${one.incident}/postmortem`}>postmortem ({one.postmortem})</Link>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
