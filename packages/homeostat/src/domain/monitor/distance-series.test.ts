import { describe, expect, it } from "vitest";
import type { Binning } from "../../stats/histogram/binning.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { distanceSeries, driftMetrics } from "./distance-series.ts";
import { groupingOf } from "./grouping.ts";

const binning: Binning = { kind: "numeric", edges: Array.from({ length: 19 }, (_, n) => n + 1), points: [] };
const carriers: Binning = { kind: "categorical", categories: ["AA", "DL", "UA"], others: [], othersComplete: true };
const metrics = Object.keys(driftMetrics) as (keyof typeof driftMetrics)[];
const random = createXoshiro(11);

/** Rows over twenty bins, a share of them moved into the last. */
function drawn(rows: number, moved: number): number[] {
  const counts = new Array<number>(21).fill(0);
  for (let row = 0; row < rows; row++) {
    const bin = random.next() < moved ? 19 : Math.floor(random.next() * 20);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function ask(metric: (typeof metrics)[number], counts: readonly number[], normal: readonly number[], of = binning) {
  return distanceSeries(
    metric,
    {
      key: { monitor: "input-drift", metric, segment: undefined, feature: "hour" },
      counts,
      normal,
      groups: groupingOf(of, normal, [1_000]),
      overdispersion: undefined,
      threshold: driftMetrics[metric].threshold,
    },
    of,
  );
}

describe.each(metrics)("%s", (metric) => {
  it("is rarely real when nothing moved, and real and material when half of the rows moved", () => {
    const normal = drawn(20_000, 0);
    const healthy = Array.from({ length: 200 }, () => ask(metric, drawn(1_000, 0), normal));
    const real = healthy.filter((test) => test.kind === "tested" && test.numbers.pValue <= 0.01);
    expect(real.length).toBeLessThanOrEqual(8);
    const moved = ask(metric, drawn(1_000, 0.5), normal);
    if (moved.kind !== "tested") throw new Error("it can be asked");
    expect(moved.numbers.pValue).toBeLessThan(1e-6);
    expect(moved.numbers.effect).toBeGreaterThanOrEqual(moved.numbers.threshold);
  });

  it("says what it cannot be asked", () => {
    expect(ask(metric, drawn(5, 0), drawn(20_000, 0)).kind).toBe("untested");
    const names = ask(metric, [300, 200, 100, 0, 0, 0], [3_000, 2_000, 1_000, 0, 0, 0], carriers);
    expect(names.kind).toBe(metric === "kolmogorov-smirnov" ? "untested" : "tested");
  });
});
