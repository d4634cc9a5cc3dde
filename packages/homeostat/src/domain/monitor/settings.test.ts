import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { monitorKinds } from "../finding/finding.ts";
import { evaluateWindow, findingsOf } from "./evaluate-window.ts";
import { defaultMonitor, monitorsOf } from "./monitors-of.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { dayWindow, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";
import type { MonitorSettings } from "./settings.ts";
import { seriesText } from "./verdict.ts";

const system = sampleSystem("sample");
const baseline = sampleBaseline({ hour: tenBins, load: tenBins }, ["ATL", "LAX"], 14, "none");
const day = (shift = 0): SampleRow[] =>
  Array.from({ length: 400 }, (_, index) => ({
    place: index % 2 === 0 ? "ATL" : "LAX",
    bins: { hour: Math.min(9, (Math.floor(index / 2) % 10) + shift), load: Math.floor(index / 2) % 7 },
    scoreBin: Math.floor(index / 2) % 10,
    outcome: undefined,
  }));
const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window) => profileOf(baseline, window, day())),
);
const psi = defaultMonitor("input-drift", system.owners);
const evaluate = (watching: readonly MonitorSettings[], shift = 0) =>
  evaluateWindow(
    {
      picture,
      profile: profileOf(baseline, dayWindow(20), day(shift)),
      season: "all",
      outcomesMature: false,
      evidence: {},
    },
    watching,
    new Map(),
  );

describe("the monitors of a system", () => {
  it("are one of each kind without any declaration, each with an owner, called like its kind", () => {
    const watching = monitorsOf(system);
    expect(watching.map(({ name }) => name)).toEqual([...monitorKinds]);
    for (const { owner, name, kind, origin } of watching) {
      expect(owner).not.toBe("");
      expect({ name, origin }).toEqual({ name: kind, origin: "default" });
    }
  });
});

describe("settings of a monitor", () => {
  it("choose the features and segments it asks about, and nothing else", () => {
    const narrow: MonitorSettings = {
      ...psi,
      features: ["load"],
      segments: [{ kind: "value", name: "place", value: "LAX" }],
    };
    expect(evaluate([narrow]).verdicts.map(({ test }) => seriesText(test.key))).toEqual([
      "input-drift|psi|place=LAX|load",
    ]);
    const places: MonitorSettings = {
      ...psi,
      features: ["load"],
      segments: [{ kind: "every-value", name: "place" }, { kind: "all-rows" }],
    };
    expect(evaluate([places]).verdicts.map(({ test }) => test.key.segment?.value)).toEqual([
      undefined,
      "ATL",
      "LAX",
      "(other)",
    ]);
  });

  it("decide threshold, persistence and severity, and a finding carries name, owner and runbook", () => {
    const strict: MonitorSettings = {
      ...psi,
      name: "hours",
      origin: "declared",
      metrics: { psi: { threshold: 0.05, persistenceWindows: 1 } },
      severity: "warning",
      owner: "night-shift",
      runbook: "https://example.com/hours",
      features: ["hour"],
      segments: [{ kind: "all-rows" }],
    };
    const both = evaluate([psi, strict], 1);
    const verdict = (series: string) => both.verdicts.find(({ test }) => seriesText(test.key) === series)!;
    expect(verdict("input-drift:hours|psi||hour")).toMatchObject({ fired: true, state: "warning" });
    expect(verdict("input-drift|psi||hour")).toMatchObject({ fired: false });
    const [finding, ...others] = findingsOf(
      { system: "sample", release: "r", window: dayWindow(20) },
      [psi, strict],
      both.verdicts,
      (text) => text,
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      monitor: "input-drift",
      monitorName: "hours",
      owner: "night-shift",
      runbook: "https://example.com/hours",
      severity: "warning",
      threshold: 0.05,
      rule: "debiased PSI at or above 0.05 and significant after control of false discoveries, in one window",
    });
    expect(seriesText(finding!)).toBe("input-drift:hours|psi||hour");
  });
});
