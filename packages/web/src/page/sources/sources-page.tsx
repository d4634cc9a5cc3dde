import type { ReactElement } from "react";
import { listedWindows, useSources } from "../../data/source.ts";
import { CommandLine } from "../../part/command-line.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Section } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";
import { SourceTable } from "./source-table.tsx";

function NoSources(): ReactElement {
  return (
    <div className="empty">
      <p>
        No source is registered yet. A source is an upstream provider of data; its contract says what it promises. One
        comes with every system that is applied, or by itself:
      </p>
      <CommandLine
        what="Write a first contract from data"
        command="homeostat source infer data/ --id my-feed > my-feed.odcs.yaml"
      />
      <CommandLine what="Register it" command="homeostat source add my-feed.odcs.yaml" />
    </div>
  );
}

/** Every source, what it promises, and whether it kept it of late. */
export function SourcesPage(): ReactElement {
  useTitle("Sources");
  const sources = useSources();
  return (
    <>
      <h1>Sources</h1>
      <p className="lead">
        Who delivers the data, what they promise in their contract, and whether the newest {listedWindows} windows kept
        it.
      </p>
      <Section id="sources" title="Registered sources">
        <Loaded query={sources} what="sources" lines={4}>
          {({ items }) => (items.length === 0 ? <NoSources /> : <SourceTable sources={items} />)}
        </Loaded>
      </Section>
    </>
  );
}
