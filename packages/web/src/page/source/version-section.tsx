import type { SourceDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { InWords } from "../../part/in-words.tsx";
import { Moment } from "../../part/moment.tsx";
import { Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { formatCount } from "../../text/number.ts";

type Version = SourceDetail["versions"][number];
const firstFew = 12;

function ChangeItems(props: { readonly changes: readonly Version["changes"][number][] }): ReactElement {
  return (
    <ul>
      {props.changes.map((change) => (
        <li key={`${change.kind} ${change.field ?? ""} ${change.what}`}>
          {change.breaking ? <span className="badge verdict-critical">Breaking</span> : null}{" "}
          {change.field === null ? null : <code>{change.field}</code>} <InWords text={change.what} />
          {change.breaking && change.consumers.length > 0 ? (
            <span className="quiet"> (breaks {change.consumers.join(", ")})</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function VersionItem(props: { readonly version: Version; readonly isFirst: boolean }): ReactElement {
  const { version, isFirst } = props;
  const breaking = version.changes.filter((change) => change.breaking).length;
  return (
    <li>
      <h3>
        {version.version} {version.breaking ? <span className="badge verdict-critical">Broke a system</span> : null}
      </h3>
      <p className="quiet">
        <Moment at={version.since} absent="" /> by {version.by} · <code>{version.digest.slice(0, 12)}</code>
      </p>
      {isFirst ? <p>The first version: there is none to compare it with.</p> : null}
      {!isFirst && version.changes.length === 0 ? <p>It promises the same as the version before it.</p> : null}
      {version.changes.length === 0 ? null : (
        <>
          <p>
            {formatCount(version.changes.length)} {version.changes.length === 1 ? "change" : "changes"},{" "}
            {breaking === 0 ? "none" : formatCount(breaking)} of them breaking
          </p>
          <ShowMore
            items={version.changes.toSorted((a, b) => Number(b.breaking) - Number(a.breaking))}
            first={firstFew}
            what="changes"
          >
            {(changes) => <ChangeItems changes={changes} />}
          </ShowMore>
        </>
      )}
    </li>
  );
}

/** Versions of the contract, newest first, with what each changed. */
export function VersionSection(props: { readonly versions: readonly Version[] }): ReactElement {
  const last = props.versions.length - 1;
  return (
    <Section id="versions" title="Versions of the contract">
      <ul className="versions">
        {props.versions.map((version, index) => (
          <VersionItem key={version.digest} version={version} isFirst={index === last} />
        ))}
      </ul>
    </Section>
  );
}
