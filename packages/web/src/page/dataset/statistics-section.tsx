import type { DatasetDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { Unknown } from "../../part/unknown.tsx";
import { formatCount, formatNumber, formatShare } from "../../text/number.ts";

type Column = DatasetDetail["statistics"][number];
const shownTop = 5;

const quantileNames = ["5 %", "25 %", "50 %", "75 %", "95 %"] as const;

function Holds(props: { readonly column: Column }): ReactElement {
  const { quantiles, top } = props.column;
  if (quantiles !== null)
    return (
      <>
        {quantiles.map((value, index) => (
          <span key={quantileNames[index]} className="offending">
            <span className="quiet">{quantileNames[index]}</span> {formatNumber(value)}
          </span>
        ))}
      </>
    );
  if (top === null) return <Unknown reason="no quantiles or frequent values are kept of this type" />;
  return (
    <>
      {top.slice(0, shownTop).map(({ value, rows }) => (
        <span key={value} className="offending">
          <code>{value === "" ? "(empty text)" : value}</code> <span className="quiet">× {formatCount(rows)}</span>
        </span>
      ))}
    </>
  );
}

function Bound(props: { readonly value: string | null }): ReactElement {
  if (props.value === null) return <Unknown reason="every value is missing" />;
  return props.value === "" ? <span className="quiet">(empty text)</span> : <span>{props.value}</span>;
}

/** What each column holds. */
export function StatisticsSection(props: { readonly dataset: DatasetDetail }): ReactElement {
  const { statistics, rows } = props.dataset;
  return (
    <Section id="statistics" title="What its columns hold">
      {statistics.length === 0 ? (
        <Empty>No statistics are kept of it.</Empty>
      ) : (
        <ScrollTable
          caption="Counted when it was made. Distinct values are an estimate beyond some thousands."
          label="Statistics of the columns"
        >
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col" className="number">
                Missing
              </th>
              <th scope="col" className="number">
                Distinct
              </th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Quantiles, or most frequent values</th>
            </tr>
          </thead>
          <tbody>
            {statistics.map((column) => (
              <tr key={column.name}>
                <th scope="row">
                  <code>{column.name}</code>
                </th>
                <td>{column.kind}</td>
                <td className="number">{formatShare(rows === 0 ? null : column.nulls / rows)}</td>
                <td className="number">{formatCount(column.distinct)}</td>
                <td className="bound">
                  <Bound value={column.min} />
                </td>
                <td className="bound">
                  <Bound value={column.max} />
                </td>
                <td className="sentence-cell">
                  <Holds column={column} />
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </Section>
  );
}
