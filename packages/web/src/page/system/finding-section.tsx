import type { Finding } from "@homeostat/protocol";
import { type ReactElement, useState } from "react";
import { type Range, useFindings } from "../../data/sensing.ts";
import { FindingTable } from "../../part/finding-table.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";

const firstFew = 10;

function FindingList(props: { readonly findings: readonly Finding[] }): ReactElement {
  const { findings } = props;
  const [all, setAll] = useState(false);
  if (findings.length === 0) {
    return <Empty>No finding in these windows. A finding needs a shift that is both real and large enough.</Empty>;
  }
  return (
    <>
      <FindingTable
        findings={all ? findings : findings.slice(0, firstFew)}
        caption={`${findings.length} ${findings.length === 1 ? "finding" : "findings"} in these windows, newest first`}
      />
      {findings.length <= firstFew ? null : (
        <button type="button" onClick={() => setAll(!all)}>
          {all ? `Show the first ${firstFew}` : `Show all ${findings.length}`}
        </button>
      )}
    </>
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
