import type { Finding } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { type Range, useFindings } from "../../data/sensing.ts";
import { FindingTable, newestFirst } from "../../part/finding-table.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";

const firstFew = 5;

function FindingList(props: { readonly findings: readonly Finding[] }): ReactElement {
  const { findings } = props;
  if (findings.length === 0) {
    return <Empty>No finding in these windows. A finding needs a shift that is both real and large enough.</Empty>;
  }
  return (
    <ShowMore items={newestFirst(findings)} first={firstFew} what="findings">
      {(items) => (
        <FindingTable
          findings={items}
          caption={`${findings.length} ${findings.length === 1 ? "finding" : "findings"} in these windows, newest first`}
        />
      )}
    </ShowMore>
  );
}

/** Findings in the windows shown, newest first; the first few until more are asked for. */
export function FindingSection(props: { readonly system: string; readonly range: Range | null }): ReactElement {
  const query = useFindings(props.system, props.range);
  return (
    <Section id="findings" title="Findings">
      {props.range === null ? (
        <Empty>No window has begun.</Empty>
      ) : (
        <Loaded query={query} what="findings">
          {({ items }) => <FindingList findings={items} />}
        </Loaded>
      )}
    </Section>
  );
}
