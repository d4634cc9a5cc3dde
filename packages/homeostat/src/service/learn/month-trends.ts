import type { SegmentValue } from "../../domain/finding/finding.ts";
import type { VerdictStore, WindowVerdict } from "../../domain/monitor/verdict.ts";
import type { Release } from "../../domain/release/release.ts";
import type { DriftTrend, PerformanceTrend } from "../../domain/review/review-facts.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowRecord } from "../../domain/window/window.ts";

const mostRows = 10;
const nameOf = (segment: SegmentValue | undefined): string =>
  segment === undefined ? "all rows" : `${segment.name}=${segment.value}`;

async function verdictsOf(
  ports: { readonly verdicts: VerdictStore },
  system: System,
  live: Release | undefined,
  asked: { readonly monitor: "performance" | "input-drift"; readonly windows: readonly WindowRecord[] },
): Promise<ReadonlyMap<string, readonly WindowVerdict[]>> {
  const windows = asked.windows.filter(({ profileVersion }) => profileVersion > 0);
  if (live === undefined || windows.length === 0) return new Map();
  const query = { system: system.name, release: live.id, monitor: asked.monitor, windows };
  const [all, segments] = await Promise.all([
    ports.verdicts.list({ ...query, segment: undefined }),
    ports.verdicts.list({ ...query, segment: "*" }),
  ]);
  const series = new Map<string, WindowVerdict[]>();
  const seen = new Set<string>();
  for (const one of [...all, ...segments]) {
    const { key } = one.verdict.test;
    const name = `${nameOf(key.segment)}|${key.feature ?? ""}|${key.metric}`;
    if (seen.has(`${name}|${one.window}`)) continue;
    seen.add(`${name}|${one.window}`);
    series.set(name, [...(series.get(name) ?? []), one]);
  }
  return series;
}

/** All rows first, then the segments whose last window lies farthest from the baseline, as the metric is told. */
export async function performanceTrends(
  ports: { readonly verdicts: VerdictStore },
  system: System,
  live: Release | undefined,
  windows: readonly WindowRecord[],
): Promise<readonly PerformanceTrend[]> {
  const series = await verdictsOf(ports, system, live, { monitor: "performance", windows });
  const bySegment = new Map<string, PerformanceTrend>();
  for (const verdicts of series.values()) {
    const told = [...verdicts]
      .sort((left, right) => left.window - right.window)
      .flatMap(({ verdict }) => {
        const headline = verdict.test.performance?.headline;
        return headline?.value === undefined ? [] : [{ ...headline, value: headline.value, key: verdict.test.key }];
      });
    const [first] = told;
    const last = told.at(-1);
    if (first === undefined || last === undefined) continue;
    const segment = nameOf(first.key.segment);
    bySegment.set(segment, {
      segment,
      metric: last.name,
      windows: told.length,
      first: first.value,
      last: last.value,
      baseline: last.baseline,
    });
  }
  const distance = ({ last, baseline }: PerformanceTrend): number =>
    baseline === undefined ? 0 : Math.abs(last.value - baseline.value);
  const all = bySegment.get("all rows");
  const others = [...bySegment.values()]
    .filter(({ segment }) => segment !== "all rows")
    .sort((left, right) => distance(right) - distance(left))
    .slice(0, mostRows);
  return all === undefined ? others : [all, ...others];
}

/** The features and segments with the greatest drift in one window of the month. */
export async function driftTrends(
  ports: { readonly verdicts: VerdictStore },
  system: System,
  live: Release | undefined,
  windows: readonly WindowRecord[],
): Promise<readonly DriftTrend[]> {
  const series = await verdictsOf(ports, system, live, { monitor: "input-drift", windows });
  const trends = [...series.values()].flatMap((verdicts): DriftTrend[] => {
    const tested = verdicts.flatMap(({ window, verdict }) =>
      verdict.test.kind === "tested" ? [{ window, verdict, key: verdict.test.key, numbers: verdict.test.numbers }] : [],
    );
    const [worst] = [...tested].sort((left, right) => right.numbers.effect - left.numbers.effect);
    if (worst === undefined) return [];
    return [
      {
        feature: worst.key.feature ?? "",
        segment: nameOf(worst.key.segment),
        windows: tested.length,
        warnings: tested.filter(({ verdict }) => verdict.state === "warning").length,
        criticals: tested.filter(({ verdict }) => verdict.state === "critical").length,
        worst: worst.numbers.effect,
        worstLow: worst.numbers.lowerBound,
        worstAt: worst.window,
      },
    ];
  });
  return trends.sort((left, right) => right.worst - left.worst).slice(0, mostRows);
}
