import type { BaselineDetail } from "@homeostat/protocol";
import type { Cli } from "./cli.ts";
import {
  countedText,
  countText,
  estimateText,
  instantText,
  numberText,
  shareText,
  unknownMark,
} from "./format-value.ts";
import { renderFacts, renderTable } from "./table.ts";

const mostSegments = 30;

type Segment = BaselineDetail["segments"][number]["segment"];
const segmentText = (segment: Segment): string => (segment === null ? "all rows" : `${segment.name}=${segment.value}`);

/** What a baseline froze, for a person. */
export function baselineText(cli: Cli, baseline: BaselineDetail): string {
  const { windows, latency } = baseline;
  const facts = renderFacts(
    [
      [
        "Baseline",
        `${cli.terminal.colors.bold(baseline.id)} of release ${baseline.release}${baseline.live ? ", live" : ""}`,
      ],
      ["Frozen", instantText(baseline.createdAt)],
      ["Rows", `${countText(baseline.rows)}; ${countText(baseline.scoredRows)} never trained on`],
      [
        "Windows",
        `${windows.count} from ${instantText(windows.from)} to ${instantText(windows.to)}, ${windows.empty} without a row`,
      ],
      [
        "Seasons",
        Object.entries(windows.seasons)
          .map(([name, count]) => `${name}: ${count}`)
          .join(", "),
      ],
      [
        "Latency",
        latency === null
          ? `${unknownMark} the reference rows were not served, or did not tell it`
          : `median ${numberText(latency.p50Ms)} ms, 95 % ${numberText(latency.p95Ms)} ms, 99 % ${numberText(latency.p99Ms)} ms`,
      ],
    ],
    cli.terminal,
  );
  const features = renderTable(
    [
      { head: "Feature" },
      { head: "Missing", align: "right" },
      { head: "5 %", align: "right" },
      { head: "Median", align: "right" },
      { head: "95 %", align: "right" },
      { head: "Most frequent", wraps: true },
    ],
    baseline.features.map(({ name, nullShare, percentiles, histogram }) => [
      name,
      shareText(nullShare),
      percentiles === null ? unknownMark : numberText(percentiles.p5),
      percentiles === null ? unknownMark : numberText(percentiles.p50),
      percentiles === null ? unknownMark : numberText(percentiles.p95),
      percentiles === null ? frequentText(histogram) : "",
    ]),
    cli.terminal,
  );
  const shown = baseline.segments.slice(0, mostSegments);
  const segments = renderTable(
    [{ head: "Segment" }, { head: "Rows", align: "right" }, { head: "Metric" }, { head: "Value (95 % interval)" }],
    shown.map(({ segment, rows, metric, value }) => [
      segmentText(segment),
      countText(rows),
      metric,
      estimateText(value, `${unknownMark} too few outcomes`),
    ]),
    cli.terminal,
  );
  const rest = baseline.segments.length - shown.length;
  return `${facts}\n${features}\n${segments}${rest > 0 ? `\n${countedText(rest, "more segment value")}: --json\n` : ""}`;
}

function frequentText(histogram: BaselineDetail["predictions"]["histogram"]): string {
  const rows = histogram.reduce((sum, bin) => sum + bin.rows, 0);
  return [...histogram]
    .sort((left, right) => right.rows - left.rows)
    .slice(0, 3)
    .map((bin) => `${bin.value ?? "(other)"} ${shareText(rows === 0 ? null : bin.rows / rows)}`)
    .join(", ");
}

/** What two baselines do not share, most different first. */
export function baselineDiffText(cli: Cli, before: BaselineDetail, after: BaselineDetail): string {
  const head = `Baseline ${before.id} (release ${before.release}) against ${after.id} (release ${after.release}).\n`;
  const features = differences(before.features, after.features, ({ name }) => name).map(({ key, left, right }) => [
    key,
    sideBySide(left, right, ({ nullShare }) => shareText(nullShare)),
    sideBySide(left, right, ({ percentiles }) => (percentiles === null ? unknownMark : numberText(percentiles.p50))),
    sideBySide(left, right, ({ percentiles }) => (percentiles === null ? unknownMark : numberText(percentiles.p95))),
  ]);
  const segments = differences(before.segments, after.segments, ({ segment }) => segmentText(segment)).map(
    ({ key, left, right }) => [
      key,
      sideBySide(left, right, ({ rows }) => countText(rows)),
      sideBySide(left, right, ({ value }) => estimateText(value)),
    ],
  );
  const place = cli.terminal;
  return [
    head,
    `Rows ${countText(before.rows)} and ${countText(after.rows)}, windows ${before.windows.count} and ${after.windows.count}.\n\n`,
    features.length === 0
      ? "No feature differs.\n"
      : renderTable([{ head: "Feature" }, { head: "Missing" }, { head: "Median" }, { head: "95 %" }], features, place),
    "\n",
    segments.length === 0
      ? "No segment differs.\n"
      : renderTable([{ head: "Segment" }, { head: "Rows" }, { head: "Performance" }], segments, place),
  ].join("");
}

interface Difference<T> {
  readonly key: string;
  readonly left: T | undefined;
  readonly right: T | undefined;
}

function differences<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (one: T) => string,
): readonly Difference<T>[] {
  const rightOf = new Map(after.map((one) => [keyOf(one), one] as const));
  const leftOf = new Map(before.map((one) => [keyOf(one), one] as const));
  return [...new Set([...leftOf.keys(), ...rightOf.keys()])]
    .map((key) => ({ key, left: leftOf.get(key), right: rightOf.get(key) }))
    .filter(({ left, right }) => JSON.stringify(left) !== JSON.stringify(right));
}

function sideBySide<T>(left: T | undefined, right: T | undefined, textOf: (one: T) => string): string {
  const [was, is] = [left, right].map((one) => (one === undefined ? "none" : textOf(one)));
  return was === is ? (is ?? "") : `${was} → ${is}`;
}
