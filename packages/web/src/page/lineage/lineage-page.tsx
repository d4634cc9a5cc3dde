import type { LineageGraph } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link, useSearch } from "wouter";
import { useLineage } from "../../data/lineage.ts";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";
import { LineageGraphView, lineageHref } from "../../plot/lineage-graph.tsx";

function EdgeTable(props: { readonly graph: LineageGraph }): ReactElement {
  const { graph } = props;
  const name = (component: string): ReactElement =>
    component === graph.root ? <strong>{component}</strong> : <Link href={lineageHref(component)}>{component}</Link>;
  return (
    <div className="lineage-edges">
      <ScrollTable caption="What is made from what, and since when it is known" label="Edges of the lineage">
        <thead>
          <tr>
            <th scope="col">Component</th>
            <th scope="col">is made from</th>
            <th scope="col">by its columns</th>
            <th scope="col">Told by</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {graph.edges.map((edge) => (
            <tr key={`${edge.from} ${edge.to}`}>
              <td>{name(edge.to)}</td>
              <td>{name(edge.from)}</td>
              <td>{[...new Set(edge.columns.map((step) => step.from))].join(", ") || "not told"}</td>
              <td>{edge.by}</td>
              <td>
                <Moment at={edge.since} absent="unknown" />
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </div>
  );
}

function Drawn(props: { readonly graph: LineageGraph }): ReactElement {
  const { graph } = props;
  if (graph.edges.length === 0)
    return (
      <Empty>
        Nothing is recorded around this component. Edges come with <code>homeostat apply</code>, datasets, training,
        releases, OpenLineage events and <code>homeostat lineage link</code>.
      </Empty>
    );
  return (
    <>
      <LineageGraphView graph={graph} />
      {graph.more ? <p className="quiet">More stands beyond; open a component at the rim to see it.</p> : null}
      <EdgeTable graph={graph} />
    </>
  );
}

function LineageOf(props: { readonly node: string }): ReactElement {
  const lineage = useLineage(props.node);
  return (
    <Section id="graph" title={<code>{props.node}</code>}>
      <Loaded query={lineage} what="lineage" lines={6}>
        {(graph) => <Drawn graph={graph} />}
      </Loaded>
    </Section>
  );
}

/** What a component is made from, to the left, and what is made from it, to the right. */
export function LineagePage(): ReactElement {
  useTitle("Lineage");
  const node = new URLSearchParams(useSearch()).get("node") ?? "";
  return (
    <>
      <h1>Lineage</h1>
      <p>What a component is made from, to its left, and what is made from it, to its right. A box leads to its own.</p>
      {node === "" ? (
        <Empty>
          Open the lineage of a system from its page, or name a component in the address:{" "}
          <code>/lineage?node=source:airline-feed</code>.
        </Empty>
      ) : (
        <LineageOf key={node} node={node} />
      )}
    </>
  );
}
