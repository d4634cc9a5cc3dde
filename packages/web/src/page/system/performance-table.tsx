import type { PerformanceCell } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { VerdictBadge } from "../../part/badge.tsx";
import { Hint } from "../../part/hint.tsx";
import { ScrollTable } from "../../part/section.tsx";
import { Known, Unknown } from "../../part/unknown.tsx";
import { type MetricName, metricWords } from "../../text/metric.ts";
import { formatCount, formatPValue, formatShare } from "../../text/number.ts";
import { segmentKey, segmentName } from "../../text/segment.ts";
import { verdictWords } from "../../text/verdict.ts";
import { headlineDifference } from "./performance-order.ts";

type Estimate = PerformanceCell["auc"];

function EstimateText(props: {
  readonly estimate: Estimate;
  readonly format: (value: number | null) => string;
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

/** The metric shown beside the headline, by headline. */
const besideOf: Readonly<Partial<Record<MetricName, MetricName>>> = {
  auc: "accuracy",
  mae: "bias",
  accuracy: "macroF1",
};

function Beside({ cell, absent }: { readonly cell: PerformanceCell; readonly absent: string }): ReactElement {
  const { name } = cell.headline;
  if (name === "auc") return <EstimateText estimate={cell.accuracy} format={formatShare} absent={absent} />;
  const shown = cell.others.find((metric) => metric.name === besideOf[name]);
  return (
    <EstimateText
      estimate={shown?.value ?? null}
      format={metricWords[shown?.name ?? "accuracy"].format}
      absent={absent}
    />
  );
}

function Earlier(props: {
  readonly against: PerformanceCell["against"]["yesterday"];
  readonly format: (value: number | null) => string;
}): ReactElement {
  const { against, format } = props;
  if (against === null) return <Unknown reason="that window has no value" />;
  if (against.reading === "no-difference-shown") return <>same</>;
  return (
    <>
      {format(against.difference)} {against.reading}
    </>
  );
}

function Row(props: {
  readonly cell: PerformanceCell;
  readonly charted: boolean;
  readonly full: boolean;
  readonly onChart: () => void;
}): ReactElement {
  const { cell } = props;
  const absent = verdictWords[cell.state].meaning;
  const { format, formatChange } = metricWords[cell.headline.name];
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
        <EstimateText estimate={cell.headline.value} format={format} absent={absent} />
      </td>
      <td className="number">
        <EstimateText estimate={cell.headline.baseline} format={format} absent="the baseline has no such segment" />
      </td>
      <td className="number">
        <Known value={headlineDifference(cell)} format={formatChange} absent="needs both values" />
        <span className="under">
          p <Known value={cell.pValue} format={formatPValue} absent="needs both values" />
        </span>
      </td>
      <td className="number">
        <Earlier against={cell.against.lastWindow} format={formatChange} />
        <span className="under">
          day <Earlier against={cell.against.yesterday} format={formatChange} />, week{" "}
          <Earlier against={cell.against.lastWeek} format={formatChange} />
        </span>
      </td>
      <td className="number">
        <Beside cell={cell} absent={absent} />
      </td>
      <td className="number" title={`${formatCount(cell.labelledRows)} rows have an outcome`}>
        {formatCount(cell.rows)}
        <span className="under">
          <Known value={cell.rows === 0 ? null : cell.labelledRows / cell.rows} format={formatShare} absent="no rows" />
        </span>
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
  const name = props.cells[0]?.headline.name ?? "auc";
  const metric = metricWords[name];
  const second = metricWords[besideOf[name] ?? "accuracy"];
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
            {metric.word} <Hint term={metric.hint} />
            <span className="under">
              95 % interval <Hint term="interval" />
            </span>
          </th>
          <th scope="col" className="number">
            Baseline <Hint term="baseline" />
            <span className="under">95 % interval</span>
          </th>
          <th scope="col" className="number">
            Difference
            <span className="under">
              p-value <Hint term="pValue" />
            </span>
          </th>
          <th scope="col" className="number">
            Last window <Hint term="earlier" />
            <span className="under">a day, a week before</span>
          </th>
          <th scope="col" className="number">
            {second.word} <Hint term={second.hint} />
            <span className="under">95 % interval</span>
          </th>
          <th scope="col" className="number">
            Rows
            <span className="under">
              labelled <Hint term="coverage" />
            </span>
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
