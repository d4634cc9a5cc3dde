import type { LabelLag, LabelReport } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useLabels } from "../../data/sensing.ts";
import { FoldedSection } from "../../part/folded-section.tsx";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, ScrollTable } from "../../part/section.tsx";
import { LineChart } from "../../plot/line-chart.tsx";
import type { Series } from "../../plot/series.ts";
import { formatAge, lagSentence, quantileText } from "../../text/lag.ts";
import { formatCount, formatShare } from "../../text/number.ts";
import type { SensingProps } from "./sensing-props.ts";

const clockNames: Readonly<Record<LabelLag["clock"], string>> = {
  "outcome-time": "By event time",
  "received-time": "By time of arrival",
};

/** Ages stand side by side, not to scale: seconds and years fit on one axis. */
function lagSeries(lag: LabelLag, ages: readonly number[]): Series {
  return {
    name: clockNames[lag.clock],
    points: lag.curve.map((point) => {
      const start = ages.indexOf(point.ageMs);
      return {
        start,
        end: start + 1,
        value: point.waiting,
        low: point.low,
        high: point.high,
        expected: null,
        sentence: lagSentence(lag.clock, point),
      };
    }),
  };
}

function LagPicture({ report }: { readonly report: LabelReport }): ReactElement {
  const drawn = report.lags.filter((lag) => lag.curve.length > 0);
  const ages = [...new Set(drawn.flatMap((lag) => lag.curve.map((point) => point.ageMs)))].sort((a, b) => a - b);
  if (drawn.length === 0) return <Empty>No prediction is old enough to wait for its label.</Empty>;
  return (
    <>
      <LineChart
        label="Share of predictions still without a label, by age"
        series={drawn.map((lag) => lagSeries(lag, ages))}
        markers={[]}
        markerName=""
        limits={[0, 1]}
        domain={[0, 1]}
        formatValue={(value) => `${Math.round(value * 100)} %`}
        formatTime={(index) => formatAge(ages[index] ?? 0)}
        unit="Share still without a label, by age of the prediction, with 95 % interval"
        expectedName={null}
        height={180}
      />
      <ScrollTable caption="When labels arrive. Predictions that wait yet count as waiting." label="When labels arrive">
        <thead>
          <tr>
            <th scope="col">Clock</th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col" className="number">
              Labelled <Hint term="coverage" />
            </th>
            <th scope="col">Half by</th>
            <th scope="col">90 % by</th>
          </tr>
        </thead>
        <tbody>
          {report.lags.map((lag) => (
            <tr key={lag.clock}>
              <th scope="row">{clockNames[lag.clock]}</th>
              <td className="number">{formatCount(lag.rows)}</td>
              <td className="number">{formatShare(lag.rows === 0 ? null : lag.labelled / lag.rows)}</td>
              <td>{quantileText(lag.median)}</td>
              <td>{quantileText(lag.p90)}</td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </>
  );
}

function RestatedText({ report }: { readonly report: LabelReport }): ReactElement {
  const restated = report.coverage.filter((one) => one.restatements > 0).length;
  const early = report.coverage.reduce((sum, one) => sum + one.knownBefore, 0);
  return (
    <p className="quiet">
      {formatCount(restated)} of {formatCount(report.coverage.length)} windows were judged again after late rows or
      labels.
      {early === 0 ? null : ` ${formatCount(early)} labels were known before their prediction: no forecast was needed.`}
    </p>
  );
}

/** How long labels take. */
export function LabelLagSection({ system, range, windows }: SensingProps): ReactElement {
  const query = useLabels(system.name, range);
  return (
    <FoldedSection id="label-lag" title="Label lag" says="How long outcomes take to come">
      {windows.length === 0 ? (
        <Empty>No window has begun.</Empty>
      ) : (
        <Loaded query={query} what="label lag" lines={4}>
          {(report) => (
            <>
              <p>
                Label lag <Hint term="labelLag" />
              </p>
              <LagPicture report={report} />
              <RestatedText report={report} />
            </>
          )}
        </Loaded>
      )}
    </FoldedSection>
  );
}
