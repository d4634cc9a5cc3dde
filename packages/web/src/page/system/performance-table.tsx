import type { PerformanceCell } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { VerdictBadge } from "../../part/badge.tsx";
import { Hint } from "../../part/hint.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { Known, Unknown } from "../../part/unknown.tsx";
import { formatCount, formatDecimal, formatDifference, formatPValue, formatShare } from "../../text/number.ts";
import { segmentKey, segmentName } from "../../text/segment.ts";
import { verdictWords } from "../../text/verdict.ts";
import { aucDifference } from "./performance-order.ts";

type Estimate = PerformanceCell["auc"];

function EstimateText(props: {
  readonly estimate: Estimate;
  readonly format: (value: number) => string;
  readonly absent: string;
}): ReactElement {
  const { estimate, format } = props;
  if (estimate === null) return <Unknown reason={props.absent} />;
  return (
    <>
      {format(estimate.value)}
      <span className="under">
        {format(estimate.low)} to {format(estimate.high)}
      </span>
    </>
  );
}

const auc = (value: number): string => formatDecimal(value, 3);

function Row(props: {
  readonly cell: PerformanceCell;
  readonly charted: boolean;
  readonly full: boolean;
  readonly onChart: () => void;
}): ReactElement {
  const { cell } = props;
  const absent = verdictWords[cell.state].meaning;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`Draw ${segmentName(cell.segment)} in the chart`}
          checked={props.charted}
          disabled={props.full && !props.charted}
          onChange={props.onChart}
        />
      </td>
      <th scope="row">{segmentName(cell.segment)}</th>
      <td>
        <VerdictBadge state={cell.state} />
      </td>
      <td className="number">
        <EstimateText estimate={cell.auc} format={auc} absent={absent} />
      </td>
      <td className="number">
        <EstimateText estimate={cell.baselineAuc} format={auc} absent="the baseline has no such segment" />
      </td>
      <td className="number">
        <Known value={aucDifference(cell)} format={(value) => formatDifference(value, 3)} absent="needs both AUCs" />
        <span className="under">
          p <Known value={cell.pValue} format={formatPValue} absent="needs both AUCs" />
        </span>
      </td>
      <td className="number">
        <EstimateText estimate={cell.accuracy} format={formatShare} absent={absent} />
      </td>
      <td className="number">{formatCount(cell.rows)}</td>
      <td className="number">
        <Known value={cell.rows === 0 ? null : cell.labelledRows / cell.rows} format={formatShare} absent="no rows" />
        <span className="under">{formatCount(cell.labelledRows)}</span>
      </td>
    </tr>
  );
}

/** Segments of one window, in the order given, with a box each for the chart. */
export function PerformanceTable(props: {
  readonly cells: readonly PerformanceCell[];
  readonly caption: string;
  readonly charted: readonly (string | null)[];
  readonly most: number;
  readonly onChart: (key: string | null) => void;
}): ReactElement {
  return (
    <ScrollTable caption={props.caption} label={props.caption}>
      <thead>
        <tr>
          <th scope="col">Chart</th>
          <th scope="col">
            Segment <Hint term="segment" />
          </th>
          <th scope="col">Verdict</th>
          <th scope="col" className="number">
            AUC <Hint term="auc" />
            <span className="under">
              95 % interval <Hint term="interval" />
            </span>
          </th>
          <th scope="col" className="number">
            Baseline AUC <Hint term="baseline" />
            <span className="under">95 % interval</span>
          </th>
          <th scope="col" className="number">
            Difference
            <span className="under">
              p-value <Hint term="pValue" />
            </span>
          </th>
          <th scope="col" className="number">
            Accuracy
            <span className="under">95 % interval</span>
          </th>
          <th scope="col" className="number">
            Rows
          </th>
          <th scope="col" className="number">
            Labelled <Hint term="coverage" />
            <span className="under">rows</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.cells.map((cell) => {
          const key = segmentKey(cell.segment);
          return (
            <Row
              key={key ?? ""}
              cell={cell}
              charted={props.charted.includes(key)}
              full={props.charted.length >= props.most}
              onChart={() => props.onChart(key)}
            />
          );
        })}
      </tbody>
    </ScrollTable>
  );
}
