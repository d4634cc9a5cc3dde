import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import type { MonitorDefinition } from "../monitor/monitor.ts";
import { monitorsOf } from "../monitor/monitors-of.ts";
import { monitors } from "../monitor/registry.ts";
import type { System } from "../system/system.ts";
import { type CoverageFacts, coverageMapOf } from "./coverage-map.ts";
import { failureModeNames } from "./failure-mode.ts";

const system = sampleSystem("s");
const window = { start: 0, end: 10 };
const tally = { start: 0, rows: 10, passed: 3, critical: 0, warning: 0, info: 0, notChecked: 0, isSlow: false };

function mapOf(parts: Partial<CoverageFacts> & { readonly system?: System } = {}) {
  const about = parts.system ?? system;
  const map = coverageMapOf({
    system: about,
    watching: monitorsOf(about),
    appliedAt: 100,
    liveSince: 200,
    window,
    tallies: [
      { window: 0, kind: "input-drift", monitorName: "input-drift", state: "healthy", series: 12 },
      { window: 0, kind: "input-drift", monitorName: "input-drift", state: "not-enough-data", series: 3 },
      { window: 0, kind: "performance", monitorName: "performance", state: "waiting-for-labels", series: 4 },
    ],
    contract: undefined,
    ...parts,
  });
  return (mode: string) => map.find((entry) => entry.mode === mode)!.watch;
}

describe("the coverage map", () => {
  it("names every failure mode once", () => {
    const modes = coverageMapOf({
      ...{
        system,
        watching: [],
        appliedAt: 0,
        liveSince: undefined,
        window: undefined,
        tallies: [],
        contract: undefined,
      },
    });
    expect(modes.map(({ mode }) => mode)).toEqual(failureModeNames);
    expect(modes.every(({ watch }) => watch.kind === "not-watched" || watch.kind === "does-not-apply")).toBe(true);
  });

  it("calls a mode watched only where something was tested, and says since when", () => {
    const map = mapOf();
    expect(map("input-drift")).toEqual({ kind: "watched", by: ["input-drift"], since: 200, verdict: "healthy" });
    expect(map("performance-loss")).toMatchObject({
      kind: "asked-in-vain",
      state: "waiting-for-labels",
      by: ["performance"],
    });
    expect(map("volume-change")).toMatchObject({ kind: "asked-in-vain", state: "not-checked" });
  });

  it("says that nothing is compared without a baseline", () => {
    expect(mapOf({ liveSince: undefined })("input-drift")).toMatchObject({
      kind: "asked-in-vain",
      why: expect.stringMatching(/no baseline/),
    });
  });

  it("says what was switched off, and by what", () => {
    const off: System = { ...system, monitors: [{ name: "input-drift", kind: "input-drift", enabled: false }] };
    expect(mapOf({ system: off })("input-drift")).toEqual({
      kind: "not-watched",
      why: "switched off: input-drift (`enabled: false` in the declaration)",
    });
  });

  it("says what cannot happen to a system that is only monitored", () => {
    const elsewhere: System = { ...system, serving: "monitor-only" };
    expect(mapOf({ system: elsewhere })("exhausted-resources")).toMatchObject({ kind: "does-not-apply" });
    expect(mapOf({ system: { ...system, serving: "gateway" } })("exhausted-resources").kind).not.toBe("does-not-apply");
  });

  it("knows the contract without a baseline", () => {
    const contract = { id: "c", rules: [] } as unknown as NonNullable<System["source"]["contract"]>;
    const kept: System = { ...system, source: { ...system.source, contract } };
    const facts = { system: kept, liveSince: undefined };
    expect(mapOf({ ...facts, contract: tally })("broken-contract")).toMatchObject({
      kind: "watched",
      verdict: "healthy",
    });
    expect(mapOf({ ...facts, contract: { ...tally, critical: 1 } })("broken-contract")).toMatchObject({
      verdict: "critical",
    });
    expect(mapOf(facts)("broken-contract")).toMatchObject({ kind: "asked-in-vain" });
    expect(mapOf({ ...facts, contract: tally })("late-data")).toMatchObject({
      kind: "asked-in-vain",
      why: "the contract promises neither freshness nor latency",
    });
  });

  it("is drawn from kinds that each cover something", () => {
    for (const { kind, covers } of Object.values(monitors) as readonly MonitorDefinition[])
      expect(covers.length, kind).toBeGreaterThan(0);
  });
});
