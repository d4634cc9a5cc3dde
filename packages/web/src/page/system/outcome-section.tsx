import type { OutcomeTotal } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useOutcomes } from "../../data/sensing.ts";
import { FoldedSection } from "../../part/folded-section.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, ScrollTable } from "../../part/section.tsx";
import { Known } from "../../part/unknown.tsx";
import { formatCount, formatNumber } from "../../text/number.ts";
import type { SensingProps } from "./sensing-props.ts";

function meanText({ mean }: OutcomeTotal): string | null {
  return mean === null ? null : `${formatNumber(mean.value)} (${formatNumber(mean.low)} to ${formatNumber(mean.high)})`;
}

function Row({ total, when }: { readonly total: OutcomeTotal; readonly when: string }): ReactElement {
  const name = total.unit === "" ? total.name : `${total.name} in ${total.unit}`;
  const mean = meanText(total);
  return (
    <tr>
      <th scope="row">{when}</th>
      <td>{total.kind}</td>
      <td>{name}</td>
      <td className="number">{formatCount(total.count)}</td>
      <td className="number">
        <Known value={total.sum} format={formatNumber} absent="no answer is a number" />
      </td>
      <td>{mean ?? (total.sum === null ? "" : "needs two numbers")}</td>
      <td>{total.values.map(({ value, count }) => `${value}: ${formatCount(count)}`).join(", ")}</td>
    </tr>
  );
}

/** What predictions were worth and what users said of them, newest window first. */
export function OutcomeSection({ system, range, nameWindow }: SensingProps): ReactElement {
  const query = useOutcomes(system.name, range);
  return (
    <FoldedSection id="outcomes" title="Business and feedback" says="What predictions were worth and what users said">
      <Loaded query={query} what="business metrics and feedback" lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>Nothing yet: outcomes with the kind business or feedback appear here.</Empty>
          ) : (
            <ScrollTable
              caption="Business metrics and feedback by window, all rows; the mean with its 95 % interval"
              label="Business metrics and feedback"
            >
              <thead>
                <tr>
                  <th scope="col">Window</th>
                  <th scope="col">Kind</th>
                  <th scope="col">Name</th>
                  <th scope="col" className="number">
                    Count
                  </th>
                  <th scope="col" className="number">
                    Sum
                  </th>
                  <th scope="col">Mean</th>
                  <th scope="col">Answers</th>
                </tr>
              </thead>
              <tbody>
                {items.toReversed().map((total) => (
                  <Row
                    key={`${total.window} ${total.kind} ${total.name} ${total.unit}`}
                    total={total}
                    when={nameWindow(total.window)}
                  />
                ))}
              </tbody>
            </ScrollTable>
          )
        }
      </Loaded>
    </FoldedSection>
  );
}
