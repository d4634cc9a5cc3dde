import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../../store/conformance/control-sample.ts";
import type { ServiceCounts } from "../../baseline/service-counts.ts";
import type { MonitorDefinition, WindowQuestion } from "../monitor.ts";
import { defaultMonitor } from "../monitors-of.ts";
import { referencePictureOf } from "../reference-picture.ts";
import { dayWindow, profileOf, sampleBaseline, tenBins } from "../sample-picture.ts";
import { errorRate } from "./error-rate.ts";
import { latency } from "./latency.ts";

const baseline = sampleBaseline({ hour: tenBins }, ["ATL"], 7);
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window) => profileOf(baseline, window, [])),
);

function served(rows: number, bin: number, failed = 0): ServiceCounts {
  return {
    latency: { bins: [bin], counts: [rows] },
    latencySumMs: 0,
    rows,
    degraded: 0,
    failed,
    costRows: 0,
    costSumUsd: 0,
  };
}

function ask(
  monitor: MonitorDefinition,
  live: ServiceCounts | undefined,
  normal: readonly ServiceCounts[],
  isLive = true,
) {
  const profile = {
    ...profileOf(baseline, dayWindow(28), []),
    service: new Map(live === undefined ? [] : [["", live] as const]),
  };
  const question: WindowQuestion = {
    picture,
    profile,
    season: "day-1",
    outcomesMature: true,
    evidence: { service: { isLive, origin: "baseline", normal: normal.map((one) => new Map([["", one]])) } },
  };
  const settings = defaultMonitor(monitor.kind, sampleSystem("sample").owners);
  return { settings, tests: monitor.ask(question, settings) };
}

describe("monitors of serving", () => {
  const week = Array.from({ length: 7 }, () => served(1_000, 70, 1));

  it("word their rule and a finding without a gap", () => {
    for (const monitor of [latency, errorRate]) {
      const { settings, tests } = ask(monitor, served(1_000, 90, 200), week);
      const tested = tests.filter((test) => test.kind === "tested");
      expect(tested).toHaveLength(2);
      for (const { key, numbers } of tested) {
        expect(monitor.sentence(key, numbers)).not.toMatch(/undefined|NaN|Infinity/);
        expect(monitor.rule(key.metric, settings)).toMatch(/in \d windows running$/);
      }
    }
  });

  it("see answers that became slow, and answers that fail", () => {
    const slow = ask(latency, served(1_000, 90), week).tests[0];
    expect(slow).toMatchObject({ kind: "tested", key: { metric: "p95" } });
    expect(slow?.kind === "tested" && slow.numbers.effect > 1 && slow.numbers.pValue < 1e-4).toBe(true);
    const failing = ask(errorRate, served(1_000, 70, 200), week).tests[0];
    expect(failing).toMatchObject({ key: { metric: "failed-share" }, numbers: { value: 0.2, baselineValue: 0.001 } });
    expect(failing?.kind === "tested" && failing.numbers.pValue < 1e-6).toBe(true);
  });

  it("say of rows that nobody served that they are not checked", () => {
    for (const monitor of [latency, errorRate])
      for (const test of ask(monitor, undefined, week).tests) expect(test).toMatchObject({ state: "not-checked" });
  });

  it("do not take the haste of a replay for slow serving, but failures for failures", () => {
    for (const test of ask(latency, served(1_000, 90), week, false).tests)
      expect(test).toMatchObject({ kind: "untested", state: "not-checked" });
    expect(ask(errorRate, served(1_000, 70, 200), week, false).tests[0]).toMatchObject({ kind: "tested" });
  });

  it("do not know what is normal before any window was served", () => {
    for (const monitor of [latency, errorRate])
      for (const test of ask(monitor, served(1_000, 70), []).tests.filter(({ key }) => key.segment === undefined))
        expect(test).toMatchObject({ state: "not-enough-data" });
  });
});
