import type { Answer, SourceBatch, SourceWindow } from "@homeostat/protocol";
import { type ReactElement, useMemo } from "react";
import { Hint } from "../../part/hint.tsx";
import { RecentMoment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { Known } from "../../part/unknown.tsx";
import { useNow } from "../../part/use-now.ts";
import { LineChart } from "../../plot/line-chart.tsx";
import type { Term } from "../../text/definition.ts";
import { formatCount, formatShare } from "../../text/number.ts";
import { formatDuration, formatTick } from "../../text/time.ts";
import { type HealthMeasure, healthSeries, measures } from "./health-series.ts";

const terms: { readonly [M in HealthMeasure]: Term } = {
  freshness: "freshness",
  completeness: "completeness",
  volume: "volume",
  processing: "processing",
};

function HealthChart(props: {
  readonly measure: HealthMeasure;
  readonly windows: readonly SourceWindow[];
}): ReactElement {
  const { measure, windows } = props;
  const { series, unit, limits, domain, formatValue } = useMemo(
    () => healthSeries(measure, windows),
    [measure, windows],
  );
  const [first] = windows;
  const lengthMs = first === undefined ? 0 : Date.parse(first.end) - Date.parse(first.start);
  const known = series.points.some((point) => point.value !== null);
  return (
    <div className="small-chart">
      <h3>
        {measures[measure]} <Hint term={terms[measure]} />
      </h3>
      {known ? (
        <LineChart
          label={`${measures[measure]} over windows`}
          series={[series]}
          markers={[]}
          markerName=""
          limits={limits}
          {...(domain === undefined ? {} : { domain })}
          formatValue={formatValue}
          formatTime={(epochMs) => formatTick(epochMs, lengthMs)}
          unit={unit}
          expectedName={null}
          height={150}
        />
      ) : (
        <Empty>Not known of any of these windows.</Empty>
      )}
    </div>
  );
}

const firstFew = 8;

function BatchTable(props: { readonly batches: readonly SourceBatch[] }): ReactElement {
  const nowMs = useNow();
  return (
    <ShowMore items={props.batches} first={firstFew} what="batches">
      {(batches) => (
        <ScrollTable caption="Batches of the last day of receipts, newest first" label="Last shipped batches">
          <thead>
            <tr>
              <th scope="col">Stored</th>
              <th scope="col" className="number">
                Rows
              </th>
              <th scope="col" className="number">
                Freshness
              </th>
              <th scope="col" className="number">
                Processing time
              </th>
              <th scope="col" className="number">
                Completeness
              </th>
            </tr>
          </thead>
          <tbody>
            {batches.map((batch) => (
              <tr key={batch.at}>
                <th scope="row">
                  <RecentMoment at={batch.at} nowMs={nowMs} />
                </th>
                <td className="number">{formatCount(batch.rows)}</td>
                <td className="number">{formatDuration(batch.freshnessMs)}</td>
                <td className="number">{formatDuration(batch.processingMs)}</td>
                <td className="number">
                  <Known
                    value={batch.completeness}
                    format={formatShare}
                    absent="its rows were held to no rules when they came"
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </ShowMore>
  );
}

/** How the rows came: age, share whole, number, and time until they were stored. */
export function PipelineSection(props: {
  readonly answer: Answer<"sourceWindows">;
  readonly system: string;
}): ReactElement {
  const { answer, system } = props;
  const windows = useMemo(
    () =>
      answer.items
        .filter((window) => window.system === system)
        .toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start)),
    [answer, system],
  );
  const batches = answer.batches.filter((batch) => batch.system === system);
  return (
    <Section id="pipeline" title="Pipeline health">
      {windows.length === 0 ? (
        <Empty>No window has been counted yet.</Empty>
      ) : (
        <div className="small-charts">
          {(["freshness", "completeness", "volume", "processing"] as const).map((measure) => (
            <HealthChart key={measure} measure={measure} windows={windows} />
          ))}
        </div>
      )}
      {batches.length === 0 ? <Empty>No batch of rows has been stored.</Empty> : <BatchTable batches={batches} />}
    </Section>
  );
}
