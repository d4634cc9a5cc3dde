import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { latencyEdgesMs, latencyQuantileMs, type ServiceCounts } from "../baseline/service-counts.ts";
import { latencyTest } from "./latency-test.ts";

const key = { monitor: "latency", metric: "p95", segment: undefined, feature: undefined } as const;

function normal(random: { next(): number }): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** A window of log-normal latencies whose level wanders from window to window as real services do. */
function windowOf(random: { next(): number }, rows: number, medianMs: number, wander = 0.1): ServiceCounts {
  const level = Math.log(medianMs) + wander * normal(random);
  const counts = new Map<number, number>();
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const ms = Math.exp(level + 0.6 * normal(random));
    sum += ms;
    const bin = latencyEdgesMs.filter((edge) => edge <= ms).length;
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const bins = [...counts.keys()].sort((a, b) => a - b);
  return {
    latency: { bins, counts: bins.map((bin) => counts.get(bin) ?? 0) },
    latencySumMs: sum,
    rows,
    degraded: 0,
    failed: 0,
    costRows: 0,
    costSumUsd: 0,
  };
}

describe("a latency monitor", () => {
  it("fires on none of 600 healthy windows and finds half as long again twice in a row", () => {
    const random = createXoshiro(17);
    let alarms = 0;
    let found = 0;
    const systems = 20;
    for (let system = 0; system < systems; system += 1) {
      const before = Array.from({ length: 14 }, () => windowOf(random, 300, 40));
      const materialAndReal = (live: ServiceCounts): boolean => {
        const test = latencyTest({ key, share: 0.95, live, normal: before, materialGrowth: 0.5 });
        return test.kind === "tested" && test.numbers.pValue <= 0.05 && test.numbers.effect >= 0.5;
      };
      let streak = 0;
      for (let window = 0; window < 30; window += 1) {
        streak = materialAndReal(windowOf(random, 300, 40)) ? streak + 1 : 0;
        if (streak >= 2) alarms += 1;
      }
      if ([1, 2].every(() => materialAndReal(windowOf(random, 300, 80)))) found += 1;
    }
    expect(alarms).toBe(0);
    expect(found).toBe(systems);
  });

  it("reads quantiles back within half a bin", () => {
    const random = createXoshiro(5);
    const window = windowOf(random, 4_000, 40, 0);
    expect(Math.abs((latencyQuantileMs(window, 0.5) ?? 0) / 40 - 1)).toBeLessThan(0.08);
  });

  it("says what it lacks: timed rows, or windows that show what is normal", () => {
    const random = createXoshiro(6);
    const small = windowOf(random, 50, 40);
    const large = windowOf(random, 200, 40);
    const ask = (live: ServiceCounts | undefined, before: readonly ServiceCounts[]) =>
      latencyTest({ key, share: 0.95, live, normal: before, materialGrowth: 0.5 });
    expect(ask(undefined, [large, large, large])).toMatchObject({ state: "not-checked" });
    expect(ask(small, [large, large, large])).toMatchObject({ reason: "50 of 100 timed rows" });
    expect(ask(large, [large, small])).toMatchObject({
      state: "not-enough-data",
      reason: "1 of 3 windows that show what latency is normal",
    });
  });

  it("does not call a difference of two milliseconds slow", () => {
    const random = createXoshiro(7);
    const before = Array.from({ length: 7 }, () => windowOf(random, 300, 1, 0.01));
    const test = latencyTest({
      key,
      share: 0.95,
      live: windowOf(random, 300, 2, 0.01),
      normal: before,
      materialGrowth: 0.5,
    });
    expect(test).toMatchObject({ kind: "tested", numbers: { effect: 0 } });
  });
});
