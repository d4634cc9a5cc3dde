import type { IntakeCounts } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { useAllCounts } from "../../data/system.ts";
import { ScrollTable } from "../../part/section.tsx";
import { Unknown } from "../../part/unknown.tsx";
import { formatCount } from "../../text/number.ts";

function Cells(props: { readonly system: string; readonly counts: IntakeCounts | undefined }): ReactElement {
  const { counts, system } = props;
  if (counts === undefined)
    return (
      <td colSpan={6}>
        <Unknown reason="its counts are not here" />
      </td>
    );
  const numbers = [
    counts.predictions.acknowledged,
    counts.predictions.stored,
    counts.outcomes.acknowledged,
    counts.outcomes.stored,
    counts.predictions.pendingInSpool + counts.outcomes.pendingInSpool,
  ];
  return (
    <>
      {numbers.map((number, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
        <td key={index} className="number">
          {formatCount(number)}
        </td>
      ))}
      <td className="number">
        <Link href={`/quarantine?system=${system}`}>{formatCount(counts.quarantined + counts.quarantinePending)}</Link>
      </td>
    </>
  );
}

/** Where the rows of each system are. */
export function IntakeTable(props: { readonly systems: readonly string[] }): ReactElement {
  const queries = useAllCounts(props.systems);
  return (
    <ScrollTable caption="Where the rows of each system are" label="Rows by system">
      <thead>
        <tr>
          <th scope="col">System</th>
          <th scope="col" className="number">
            Predictions acknowledged
          </th>
          <th scope="col" className="number">
            stored
          </th>
          <th scope="col" className="number">
            Outcomes acknowledged
          </th>
          <th scope="col" className="number">
            stored
          </th>
          <th scope="col" className="number">
            On the way
          </th>
          <th scope="col" className="number">
            In quarantine
          </th>
        </tr>
      </thead>
      <tbody>
        {props.systems.map((system, index) => (
          <tr key={system}>
            <th scope="row">
              <Link href={`/systems/${system}#rows`}>{system}</Link>
            </th>
            <Cells system={system} counts={queries[index]?.data} />
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
