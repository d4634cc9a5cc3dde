import type { IntakeCounts } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useCounts } from "../../data/system.ts";
import { Fact, Facts } from "../../part/fact.tsx";
import { FoldedSection } from "../../part/folded-section.tsx";
import { GapTable } from "../../part/gap-table.tsx";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { formatCount } from "../../text/number.ts";

function CountsRow(props: { readonly name: string; readonly counts: IntakeCounts["predictions"] }): ReactElement {
  const { counts } = props;
  return (
    <tr>
      <th scope="row">{props.name}</th>
      <td className="number">{formatCount(counts.acknowledged)}</td>
      <td className="number">{formatCount(counts.stored)}</td>
      <td className="number">{formatCount(counts.duplicates)}</td>
      <td className="number">{formatCount(counts.pendingInSpool)}</td>
    </tr>
  );
}

/** Where every row that came in is now. */
export function CountsSection(props: { readonly system: string }): ReactElement {
  const query = useCounts(props.system);
  return (
    <FoldedSection id="rows" title="Rows received" says="Where every row that came in is now">
      <Loaded query={query} what="counts">
        {(counts) => (
          <>
            <ScrollTable caption="Where the acknowledged rows are" label="Rows received, by kind and where they are">
              <thead>
                <tr>
                  <th scope="col">Kind</th>
                  <th scope="col" className="number">
                    Acknowledged
                  </th>
                  <th scope="col" className="number">
                    Stored
                  </th>
                  <th scope="col" className="number">
                    Repeated (same id)
                  </th>
                  <th scope="col" className="number">
                    On the way (in the spool)
                  </th>
                </tr>
              </thead>
              <tbody>
                <CountsRow name="Predictions" counts={counts.predictions} />
                <CountsRow name="Outcomes" counts={counts.outcomes} />
              </tbody>
            </ScrollTable>
            <Facts>
              <Fact name="Predictions with an outcome">{formatCount(counts.joined)}</Fact>
              <Fact name="Outcomes waiting for their prediction">{formatCount(counts.outcomesWaiting)}</Fact>
              {counts.inferenceHalves === 0 ? null : (
                <Fact name="Halves of inferences waiting for the other">{formatCount(counts.inferenceHalves)}</Fact>
              )}
              <Fact
                name={
                  <>
                    In quarantine <Hint term="quarantine" />
                  </>
                }
              >
                <Link href={`/quarantine?system=${props.system}`}>{formatCount(counts.quarantined)}</Link>
                {counts.quarantinePending === 0 ? null : (
                  <span className="quiet"> and {formatCount(counts.quarantinePending)} on the way</span>
                )}
              </Fact>
            </Facts>
            {counts.gaps.length === 0 ? null : <GapTable gaps={counts.gaps} />}
          </>
        )}
      </Loaded>
    </FoldedSection>
  );
}
