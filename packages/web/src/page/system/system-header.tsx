import type { SystemDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useSources } from "../../data/source.ts";
import { VerdictBadge } from "../../part/badge.tsx";
import { Fact, Facts } from "../../part/fact.tsx";
import { Hint } from "../../part/hint.tsx";
import { Moment } from "../../part/moment.tsx";
import { Known, Unknown } from "../../part/unknown.tsx";
import { lineageHref } from "../../plot/lineage-graph.tsx";
import { formatCount, formatShare } from "../../text/number.ts";
import { formatDuration } from "../../text/time.ts";
import { sourceHref } from "../source/source-href.ts";

function ReleaseFacts(props: { readonly system: SystemDetail }): ReactElement {
  const { liveRelease } = props.system;
  if (liveRelease === null) {
    return (
      <Fact name="Live release">
        <Unknown reason="no release is live" /> <span className="quiet">none is live</span>
      </Fact>
    );
  }
  return (
    <>
      <Fact name="Live release">
        No. {liveRelease.number} <span className="quiet">since </span>
        <Moment at={liveRelease.liveSince} absent="the server does not know since when" />
      </Fact>
      <Fact name="Model">
        {liveRelease.model === null ? <Unknown reason="served elsewhere" /> : <code>{liveRelease.model}</code>}
      </Fact>
      <Fact name="Pipeline">
        <code>{liveRelease.pipeline}</code>
      </Fact>
      <Fact
        name={
          <>
            Baseline <Hint term="baseline" />
          </>
        }
      >
        {liveRelease.baseline === null ? (
          <Unknown reason="no baseline is frozen, so nothing can be compared" />
        ) : (
          <code>{liveRelease.baseline}</code>
        )}
      </Fact>
    </>
  );
}

function SourceLink(props: { readonly system: string }): ReactElement {
  const sources = useSources();
  const read = (sources.data?.items ?? []).filter(({ consumers }) => consumers.includes(props.system));
  if (read.length === 0)
    return <Unknown reason={sources.data === undefined ? "not loaded" : "no contract of it is registered"} />;
  return (
    <>
      {read.map(({ id }) => (
        <Link key={id} href={sourceHref(id)} className="listed">
          {id}
        </Link>
      ))}
    </>
  );
}

/** What the system is, who owns it and what is live. */
export function SystemHeader(props: { readonly system: SystemDetail }): ReactElement {
  const { system } = props;
  return (
    <div className="system-head">
      <p className="lead">
        <VerdictBadge state={system.health} /> {system.description}
      </p>
      <Facts>
        <Fact name="Serving">
          {system.serving === "gateway" ? "answered by Homeostat's gateway" : "monitor-only: answered elsewhere"}
        </Fact>
        <ReleaseFacts system={system} />
        <Fact name="Rows seen">{formatCount(system.rows)}</Fact>
        <Fact
          name={
            <>
              Label coverage <Hint term="coverage" />
            </>
          }
        >
          <Known
            value={system.rows === 0 ? null : system.labelledRows / system.rows}
            format={formatShare}
            absent="no rows yet"
          />
        </Fact>
        <Fact name="Last event">
          <Moment at={system.lastEventAt} absent="no event yet" />
        </Fact>
        <Fact name="Windows">
          {formatDuration(system.windows.lengthMs)} long, open {formatDuration(system.windows.latenessMs)} for late rows
          {system.windows.season === "none" ? "" : `, compared by ${system.windows.season.replaceAll("-", " ")}`}
        </Fact>
        <Fact name="Source">
          <SourceLink system={system.name} />
        </Fact>
        <Fact name="Datasets">
          <Link href={`/datasets?system=${system.name}`}>those of this system</Link>
        </Fact>
        <Fact name="Lineage">
          <Link href={lineageHref(`system:${system.name}`)}>what it is made from</Link>
        </Fact>
        <Fact name="Health reviews">
          <Link href={`/reviews?system=${system.name}`}>month by month</Link>
        </Fact>
        <Fact name="Owners">
          <ul className="owners">
            {Object.entries(system.owners).map(([duty, owner]) => (
              <li key={duty}>
                <span className="quiet">{duty.replaceAll("-", " ")}</span> {owner}
              </li>
            ))}
          </ul>
        </Fact>
      </Facts>
    </div>
  );
}
