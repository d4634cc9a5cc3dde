import type { DatasetDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useDataset } from "../../data/dataset.ts";
import { CommandLine } from "../../part/command-line.tsx";
import { Fact, Facts } from "../../part/fact.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Section } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";
import { lineageHref } from "../../plot/lineage-graph.tsx";
import { formatBytes } from "../../text/bytes.ts";
import { formatCount } from "../../text/number.ts";
import { commandsOf, kindWords, shortDigest } from "./dataset-name.ts";
import { ErasureSection } from "./erasure-section.tsx";
import { OriginSection } from "./origin-section.tsx";
import { StatisticsSection } from "./statistics-section.tsx";
import { VerifySection } from "./verify-section.tsx";

const parts = [
  ["verify", "Verify"],
  ["statistics", "Columns"],
  ["origin", "Origin"],
  ["erasures", "Erasures"],
  ["commands", "Commands"],
] as const;

function DatasetHeader(props: { readonly system: string; readonly dataset: DatasetDetail }): ReactElement {
  const { system, dataset } = props;
  const bytes = dataset.parts.reduce((sum, part) => sum + part.bytes, 0);
  return (
    <Facts>
      <Fact name="Name">
        <code>{dataset.digest}</code>
      </Fact>
      <Fact name="System">
        <Link href={`/systems/${system}`}>{system}</Link>
      </Fact>
      <Fact name="Made of">{kindWords[dataset.kind]}</Fact>
      <Fact name="Rows">{formatCount(dataset.rows)}</Fact>
      <Fact name="Erased since">{formatCount(dataset.erasedRows)}</Fact>
      <Fact name="Left out when made">{formatCount(dataset.leftOut)} of erased subjects</Fact>
      <Fact name="Columns">{formatCount(dataset.columns.length)}</Fact>
      <Fact name="Parts">
        {formatCount(dataset.parts.length)}, {formatBytes(bytes)}
      </Fact>
      <Fact name="Created">
        <Moment at={dataset.createdAt} absent="" />
        {dataset.createdBy === "" ? null : <span className="quiet"> by {dataset.createdBy}</span>}
      </Fact>
      <Fact name="Lineage">
        <Link href={lineageHref(`dataset:${dataset.digest}`)}>what was made from it</Link>
      </Fact>
    </Facts>
  );
}

/** One dataset: its manifest, what its columns hold, whether it is whole. */
export function DatasetPage(props: { readonly system: string; readonly digest: string }): ReactElement {
  const { system, digest } = props;
  const name = shortDigest(digest);
  useTitle(name);
  const query = useDataset(system, digest);
  return (
    <>
      <h1>Dataset {name}</h1>
      <Loaded query={query} what="the dataset" lines={6}>
        {(dataset) => (
          <>
            <DatasetHeader system={system} dataset={dataset} />
            <nav className="contents" aria-label="On this page">
              {parts.map(([id, word]) => (
                <a key={id} href={`#${id}`}>
                  {word}
                </a>
              ))}
            </nav>
            <VerifySection system={system} digest={digest} />
            <StatisticsSection dataset={dataset} />
            <OriginSection dataset={dataset} />
            <ErasureSection erasures={dataset.erasures} />
            <Section id="commands" title="On the command line">
              {commandsOf(system, digest).map(({ what, command }) => (
                <CommandLine key={what} what={what} command={command} />
              ))}
            </Section>
          </>
        )}
      </Loaded>
    </>
  );
}
