import type { SourceSummary } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { Fact, Facts } from "../../part/fact.tsx";
import { Moment } from "../../part/moment.tsx";
import { lineageHref } from "../../plot/lineage-graph.tsx";
import { formatCount } from "../../text/number.ts";

/** Which contract counts, who reads the source, and where it stands in the lineage. */
export function SourceHeader(props: { readonly source: SourceSummary }): ReactElement {
  const { source } = props;
  return (
    <Facts>
      <Fact name="Contract">
        {source.version} <span className="quiet">since </span>
        <Moment at={source.since} absent="" />
      </Fact>
      <Fact name="Status">{source.status === "" ? "none declared" : source.status}</Fact>
      <Fact name="Fields">{formatCount(source.fields)}</Fact>
      <Fact name="Rules">
        {formatCount(source.rules)}; <a href="#unchecked">what is not checked</a>
      </Fact>
      <Fact name="Read by">
        {source.consumers.length === 0 ? <span className="quiet">no system</span> : null}
        {source.consumers.map((name) => (
          <Link key={name} href={`/systems/${name}`} className="listed">
            {name}
          </Link>
        ))}
      </Fact>
      <Fact name="Lineage">
        <Link href={lineageHref(source.component)}>what is made from it</Link>
      </Fact>
    </Facts>
  );
}
