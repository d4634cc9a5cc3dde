import type { Diagnosis, IncidentDetail } from "@homeostat/protocol";
import { type ReactElement, useMemo } from "react";
import { Empty, Section } from "../../part/section.tsx";
import { LineChart } from "../../plot/line-chart.tsx";
import { headlineSeries, windowLengthOf } from "../../plot/performance-series.ts";
import type { Marker } from "../../plot/series.ts";
import { metricWords } from "../../text/metric.ts";
import { formatMoment, formatTick, formatWindow } from "../../text/time.ts";

const dayMs = 86_400_000;

/** Suspects carry the rank they have in the list below; the trouble's begin and its detection are named. */
function markersOf(incident: IncidentDetail, diagnosis: Diagnosis): readonly Marker[] {
  const suspects: Marker[] = diagnosis.suspects.flatMap(({ change }, index) =>
    change === null
      ? []
      : [
          {
            at: Date.parse(change.time),
            kind: "change",
            flag: String(index + 1),
            title: `Suspect ${index + 1}: ${change.title}, ${formatMoment(change.time)}`,
          },
        ],
  );
  return [
    ...suspects.slice(0, 3),
    {
      at: Date.parse(incident.detectedAtEventTime),
      kind: "detected",
      flag: "detected",
      title: `Detected, ${formatMoment(incident.detectedAtEventTime)}`,
    },
  ];
}

/** AUC of the slice and of all rows over windows, with the suspected changes and the detection marked. */
export function AucSection(props: { readonly incident: IncidentDetail; readonly diagnosis: Diagnosis }): ReactElement {
  const { incident, diagnosis } = props;
  const lengthMs = useMemo(() => {
    const window = incident.evidence[0]?.window;
    return window === undefined
      ? windowLengthOf(
          diagnosis.performance.map((cell) => cell.window),
          dayMs,
        )
      : Date.parse(window.end) - Date.parse(window.start);
  }, [incident, diagnosis]);
  const series = useMemo(
    () => headlineSeries(diagnosis.performance, lengthMs, (start) => formatWindow(start, lengthMs)),
    [diagnosis, lengthMs],
  );
  const markers = useMemo(() => markersOf(incident, diagnosis), [incident, diagnosis]);
  const { word, format, limits } = metricWords[diagnosis.performance[0]?.headline.name ?? "auc"];
  return (
    <Section id="auc" title="When: performance of the slice and of all rows">
      {diagnosis.performance.some((cell) => cell.headline.value !== null) ? (
        <LineChart
          label={`${word} of the slice and of all rows over windows`}
          series={series}
          markers={markers}
          markerName="suspected changes, numbered as below"
          limits={limits}
          formatValue={format}
          formatTime={(epochMs) => formatTick(epochMs, lengthMs)}
          unit={`${word} with 95 % interval`}
          expectedName="baseline"
        />
      ) : (
        <Empty>Performance is not known yet: outcomes are missing or too few. Drift was found without them.</Empty>
      )}
    </Section>
  );
}
