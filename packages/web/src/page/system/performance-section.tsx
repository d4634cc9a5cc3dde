import type { PerformanceCell, WindowSummary } from "@homeostat/protocol";
import { type ReactElement, useMemo, useState } from "react";
import { usePerformance, usePerformances } from "../../data/sensing.ts";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { LineChart } from "../../plot/line-chart.tsx";
import { headlineSeries } from "../../plot/performance-series.ts";
import type { Marker } from "../../plot/series.ts";
import { metricWords } from "../../text/metric.ts";
import { segmentKey } from "../../text/segment.ts";
import { formatTick } from "../../text/time.ts";
import { worstFirst } from "./performance-order.ts";
import { PerformanceTable } from "./performance-table.tsx";
import type { SensingProps } from "./sensing-props.ts";

/** More lines than this cannot be told apart without colour. */
const mostCharted = 4;
const firstFew = 8;

interface PerformanceProps extends SensingProps {
  readonly chosen: WindowSummary | null;
  readonly markers: readonly Marker[];
}

/** All rows, and beside them the worst segment where its verdict says that something is wrong. */
function suggested(cells: readonly PerformanceCell[]): readonly (string | null)[] {
  const worst = cells.find((cell) => cell.segment !== null && (cell.state === "warning" || cell.state === "critical"));
  return worst === undefined ? [null] : [null, segmentKey(worst.segment)];
}

const toggled = (keys: readonly (string | null)[], key: string | null): readonly (string | null)[] =>
  keys.includes(key) ? keys.filter((kept) => kept !== key) : [...keys, key];

function HeadlineChart(props: PerformanceProps & { readonly charted: readonly (string | null)[] }): ReactElement {
  const { system, range, nameWindow, charted, markers } = props;
  const queries = usePerformances(system.name, range, charted);
  const { lengthMs } = system.windows;
  const { unit } = system;
  const waiting = queries.find((query) => query.data === undefined);
  if (waiting !== undefined) {
    return (
      <Loaded query={waiting} what="performance over windows" lines={6}>
        {() => null}
      </Loaded>
    );
  }
  const cells = queries.flatMap((query, index) =>
    (query.data?.items ?? []).filter((cell) => segmentKey(cell.segment) === charted[index]),
  );
  const series = headlineSeries(cells, lengthMs, nameWindow);
  const { word, format, limits } = metricWords[cells[0]?.headline.name ?? "auc"];
  if (!cells.some((cell) => cell.headline.value !== null)) {
    return <Empty>No window has {word} for these segments yet: outcomes are missing or too few.</Empty>;
  }
  return (
    <LineChart
      label={`${word} over windows of ${series.map(({ name }) => name).join(", ")}`}
      series={series}
      markers={markers}
      markerName="changes, numbered as in the change log"
      limits={limits}
      formatValue={format}
      formatTime={(epochMs) => formatTick(epochMs, lengthMs)}
      unit={`${word}${unit === null ? "" : ` in ${unit}`} with 95 % interval`}
      expectedName="baseline"
    />
  );
}

/** How well the predictions were, by segment: the table of one window and the lines over all of them. */
export function PerformanceSection(props: PerformanceProps): ReactElement {
  const { system, chosen, nameWindow } = props;
  const window = useMemo(() => (chosen === null ? null : { from: chosen.start, to: chosen.end }), [chosen]);
  const query = usePerformance(system.name, window, "*");
  const [picked, setPicked] = useState<readonly (string | null)[] | null>(null);
  const [all, setAll] = useState(false);
  const cells = useMemo(
    () =>
      worstFirst(
        (query.data?.items ?? []).filter((cell) => Date.parse(cell.window) === Date.parse(chosen?.start ?? "")),
      ),
    [query.data, chosen],
  );
  const charted = picked ?? suggested(cells);
  return (
    <Section
      id="performance"
      title={
        <>
          Performance by segment <Hint term={metricWords[cells[0]?.headline.name ?? "auc"].hint} />
        </>
      }
    >
      {chosen === null ? (
        <Empty>No window has begun.</Empty>
      ) : (
        <>
          <HeadlineChart {...props} charted={charted} />
          <Loaded query={query} what="performance by segment" lines={6}>
            {() =>
              cells.length === 0 ? (
                <Empty>Not checked: this window has no performance yet. Choose another above.</Empty>
              ) : (
                <PerformanceTable
                  cells={all ? cells : cells.slice(0, firstFew)}
                  caption={`Window ${nameWindow(chosen.start)}: all rows, then the worst first. Choose another window in the health strip; tick up to ${mostCharted} segments for the chart.`}
                  charted={charted}
                  most={mostCharted}
                  onChart={(key) => setPicked(toggled(charted, key))}
                />
              )
            }
          </Loaded>
          {cells.length <= firstFew ? null : (
            <button type="button" onClick={() => setAll(!all)}>
              {all ? `Show fewer` : `Show all ${cells.length}`}
            </button>
          )}
        </>
      )}
    </Section>
  );
}
