import type { Answer, SourceSummary } from "@homeostat/protocol";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useRecentWindows } from "../../data/source.ts";
import { Hint } from "../../part/hint.tsx";
import { Moment } from "../../part/moment.tsx";
import { OutcomeBadge } from "../../part/outcome-badge.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { Known, Unknown } from "../../part/unknown.tsx";
import { outcomeOf, plainWords, uncheckedRules, worstOutcome } from "../../text/contract.ts";
import { formatCount } from "../../text/number.ts";
import { formatDuration } from "../../text/time.ts";
import { sourceHref } from "../source/source-href.ts";

type Windows = Answer<"sourceWindows">;

function Consumers(props: { readonly names: readonly string[] }): ReactElement {
  if (props.names.length === 0) return <span className="quiet">no system reads it</span>;
  return (
    <>
      {props.names.map((name) => (
        <Link key={name} href={`/systems/${name}`} className="listed">
          {name}
        </Link>
      ))}
    </>
  );
}

function Verdict(props: { readonly windows: UseQueryResult<Windows> | undefined }): ReactElement {
  const data = props.windows?.data;
  if (data === undefined)
    return <Unknown reason={props.windows?.error == null ? "still loading" : "could not be loaded"} />;
  const results = data.items.flatMap((window) => window.results);
  const worst = worstOutcome(results);
  const example = results.find((result) => result.state === "failed" && outcomeOf(result) === worst);
  const why = data.items.length === 0 ? "no window has been held to it" : "";
  return (
    <>
      <OutcomeBadge outcome={worst} />
      <span className="under">{example === undefined ? why : plainWords(example.words)}</span>
    </>
  );
}

/** Age of the newest event when it came, from the last shipped batch, else from the newest window. */
function freshnessOf(data: Windows | undefined): number | null {
  const [batch] = (data?.batches ?? []).toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const [window] = (data?.items ?? []).toSorted((a, b) => Date.parse(b.start) - Date.parse(a.start));
  return batch?.freshnessMs ?? window?.health.freshnessMs ?? null;
}

function SourceRow(props: {
  readonly source: SourceSummary;
  readonly windows: UseQueryResult<Windows> | undefined;
}): ReactElement {
  const { source, windows } = props;
  const skipped = uncheckedRules(windows?.data?.items ?? []).length;
  return (
    <tr>
      <th scope="row">
        <Link href={sourceHref(source.id)}>{source.id}</Link>
        <span className="under">{source.status === "" ? "no status declared" : source.status}</span>
      </th>
      <td>
        {source.version}
        <span className="under">
          <Moment at={source.since} absent="" />
        </span>
      </td>
      <td>
        <Consumers names={source.consumers} />
      </td>
      <td className="sentence-cell">
        <Verdict windows={windows} />
      </td>
      <td>
        <Known value={freshnessOf(windows?.data)} format={formatDuration} absent="no rows have come" />
      </td>
      <td className="number">{formatCount(source.rules)}</td>
      <td className="number">
        {formatCount(source.unchecked)} {source.unchecked === 1 ? "statement" : "statements"}
        {skipped === 0 ? null : (
          <span className="under">and {skipped === 1 ? "1 rule" : `${formatCount(skipped)} rules`}</span>
        )}
      </td>
    </tr>
  );
}

/** Sources with their contract and how they kept it of late. */
export function SourceTable(props: { readonly sources: readonly SourceSummary[] }): ReactElement {
  const windows = useRecentWindows(props.sources.map(({ id }) => id));
  return (
    <ScrollTable caption="By name" label="Registered sources">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Contract, since</th>
          <th scope="col">Read by</th>
          <th scope="col">Worst of late</th>
          <th scope="col">
            Freshness <Hint term="freshness" />
          </th>
          <th scope="col" className="number">
            Rules
          </th>
          <th scope="col" className="number">
            Not checked
          </th>
        </tr>
      </thead>
      <tbody>
        {props.sources.map((source, index) => (
          <SourceRow key={source.id} source={source} windows={windows[index]} />
        ))}
      </tbody>
    </ScrollTable>
  );
}
