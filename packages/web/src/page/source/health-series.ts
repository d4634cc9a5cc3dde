import type { SourceWindow } from "@homeostat/protocol";
import type { Series } from "../../plot/series.ts";
import { durationUnit } from "../../text/duration-unit.ts";
import { formatCount, formatNumber, formatShare } from "../../text/number.ts";
import { formatDuration, formatWindow } from "../../text/time.ts";

/** What is drawn of the pipeline in front of a system. */
export const measures = {
  freshness: "Freshness",
  completeness: "Completeness",
  volume: "Volume",
  processing: "Processing time",
} as const;
export type HealthMeasure = keyof typeof measures;

interface Drawn {
  readonly series: Series;
  readonly unit: string;
  readonly limits: readonly [number, number];
  /** From nothing to the most, where the size of the whole matters. */
  readonly domain: readonly [number, number] | undefined;
  readonly formatValue: (value: number) => string;
}

const raw: { readonly [M in HealthMeasure]: (window: SourceWindow) => number | null } = {
  freshness: ({ health }) => health.freshnessMs,
  completeness: ({ health }) => health.completeness,
  volume: ({ health }) => health.rows,
  processing: ({ health }) => health.processingMs,
};

const said: { readonly [M in HealthMeasure]: (value: number) => string } = {
  freshness: (value) => `the newest event was ${formatDuration(value)} old when it came`,
  completeness: (value) => `${formatShare(value)} of the rows break no rule`,
  volume: (value) => (value === 1 ? "1 row" : `${formatCount(value)} rows`),
  processing: (value) => `95 % of the rows were stored within ${formatDuration(value)} of their receipt`,
};

/** One measure over windows (oldest first), in the unit that fits. A window without it is a gap, never a zero. */
export function healthSeries(measure: HealthMeasure, windows: readonly SourceWindow[]): Drawn {
  const values = windows.map(raw[measure]);
  const isTime = measure === "freshness" || measure === "processing";
  const unit = isTime ? durationUnit(values) : { name: "", ms: 1 };
  const points = windows.map((window, index) => {
    const [start, end] = [Date.parse(window.start), Date.parse(window.end)];
    const value = values[index] ?? null;
    const when = formatWindow(window.start, end - start);
    return {
      start,
      end,
      value: value === null ? null : value / unit.ms,
      low: null,
      high: null,
      expected: null,
      sentence: `${when}: ${value === null ? "not known" : said[measure](value)}.`,
    };
  });
  return {
    series: { name: measures[measure], points },
    unit: { freshness: unit.name, processing: unit.name, completeness: "share of rows", volume: "rows" }[measure],
    limits: [isTime ? Number.NEGATIVE_INFINITY : 0, measure === "completeness" ? 1 : Number.POSITIVE_INFINITY],
    domain: measure === "volume" ? [0, Math.max(1, ...values.map((value) => value ?? 0)) * 1.08] : undefined,
    formatValue: measure === "completeness" ? formatShare : formatNumber,
  };
}
