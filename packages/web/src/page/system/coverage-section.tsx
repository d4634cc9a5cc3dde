import type { WindowSummary } from "@homeostat/protocol";
import { type ReactElement, useMemo } from "react";
import { FoldedSection } from "../../part/folded-section.tsx";
import { Empty } from "../../part/section.tsx";
import { LineChart } from "../../plot/line-chart.tsx";
import type { Marker, Series } from "../../plot/series.ts";
import { formatCount, formatShare } from "../../text/number.ts";
import { formatTick } from "../../text/time.ts";
import type { SensingProps } from "./sensing-props.ts";

function coverageSeries(windows: readonly WindowSummary[], nameWindow: (start: string) => string): Series {
  return {
    name: "Label coverage",
    points: windows.map((window) => ({
      start: Date.parse(window.start),
      end: Date.parse(window.end),
      value: window.labelCoverage,
      low: null,
      high: null,
      expected: null,
      sentence:
        window.labelCoverage === null
          ? `${nameWindow(window.start)}: unknown, the window holds no rows.`
          : `${nameWindow(window.start)}: ${formatShare(window.labelCoverage)}, ${formatCount(window.labelledRows)} of ${formatCount(window.rows)} rows have an outcome.`,
    })),
  };
}

/** How much of each window is labelled. */
export function CoverageSection(props: SensingProps & { readonly markers: readonly Marker[] }): ReactElement {
  const { windows, nameWindow, markers } = props;
  const { lengthMs } = props.system.windows;
  const series = useMemo(() => [coverageSeries(windows, nameWindow)], [windows, nameWindow]);
  return (
    <FoldedSection id="coverage" title="Label coverage" says="How much of each window has an outcome">
      {windows.length === 0 ? (
        <Empty>No window has begun.</Empty>
      ) : (
        <LineChart
          label="Label coverage over windows"
          series={series}
          markers={markers}
          markerName="changes, numbered as in the change log"
          limits={[0, 1]}
          domain={[0, 1]}
          formatValue={(value) => `${Math.round(value * 100)} %`}
          formatTime={(epochMs) => formatTick(epochMs, lengthMs)}
          unit="Share of rows with an outcome"
          expectedName={null}
          height={150}
        />
      )}
    </FoldedSection>
  );
}
