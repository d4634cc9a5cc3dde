import { readYaml } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { sliWords } from "../../domain/slo/sli-words.ts";
import { sampleShop } from "../../store/conformance/data-sample.ts";
import { readSlos } from "./read-slo.ts";

const shop = sampleShop("shop");

const read = (text: string, system = shop) => readSlos(readYaml("slo.yaml", text).documents, [system]);
const issuesOf = (text: string, system = shop) =>
  read(text, system).issues.map(({ path, expected, found }) => `${path} ${expected} | ${found}`);

const ratio = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: right
  displayName: Right predictions of tea
  labels: { team: shop }
  annotations: { homeostat.io/runbook: https://runbooks.example/right }
spec:
  description: Nine of ten
  service: shop
  indicator:
    metadata: { name: right-share }
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: homeostat, spec: { metric: correct, segment: label=tea } } }
        total: { metricSource: { type: homeostat, spec: { metric: labelled, segment: label=tea } } }
  timeWindow:
    - { duration: 28d, isRolling: true }
  budgetingMethod: Occurrences
  objectives:
    - targetPercent: 90
`;

function threshold(metric: string, objective = "op: lte, value: 200, target: 0.99"): string {
  return `apiVersion: openslo/v1
kind: SLO
metadata: { name: s }
spec:
  service: shop
  indicator:
    spec:
      thresholdMetric:
        metricSource: { type: homeostat, spec: { ${metric} } }
  timeWindow:
    - duration: 1M
      calendar: { startTime: 2026-01-01 00:00:00, timeZone: Europe/Zurich }
  budgetingMethod: Occurrences
  objectives:
    - { ${objective} }
`;
}

describe("an OpenSLO document", () => {
  it("with a ratio becomes an objective of its system", () => {
    const { bySystem, issues } = read(ratio);
    expect(issues).toEqual([]);
    expect(bySystem.get("shop")).toEqual([
      {
        name: "right",
        displayName: "Right predictions of tea",
        description: "Nine of ten",
        labels: { team: "shop" },
        annotations: { "homeostat.io/runbook": "https://runbooks.example/right" },
        sli: { kind: "accuracy", tolerance: undefined, segment: { name: "label", value: "tea" } },
        target: 0.9,
        budgeting: { kind: "occurrences" },
        window: { kind: "rolling", durationMs: 28 * 86_400_000 },
      },
    ]);
  });

  it.each([
    ["metric: latency, segment: size=large", "predictions of size=large answered in at most 200 ms"],
    ["metric: freshness", "five-minute stretches at whose end the newest event was at most 200 s old"],
    ["metric: drift, feature: amount", "windows in which the PSI of `amount` was at most 200"],
    ["metric: business, outcome: saved, unit: EUR", "outcomes saved of at most 200 EUR"],
  ])("with a threshold of { %s } is understood", (metric, words) => {
    const { bySystem, issues } = read(threshold(metric));
    expect(issues).toEqual([]);
    const [slo] = bySystem.get("shop") ?? [];
    expect(slo && sliWords(slo)).toBe(words);
    expect(slo?.window).toEqual({
      kind: "calendar",
      count: 1,
      unit: "month",
      start: "2026-01-01T00:00:00",
      timeZone: "Europe/Zurich",
    });
  });

  it("may name an indicator of its own document, and an indicator that nobody names is refused", () => {
    const indicator = `---
apiVersion: openslo/v1
kind: SLI
metadata: { name: fast }
spec:
  thresholdMetric:
    metricSource: { type: homeostat, spec: { metric: latency } }
`;
    const text = threshold("metric: latency").replace(/ {2}indicator:\n(?: {4}.*\n)+/, "  indicatorRef: fast\n");
    expect(read(text + indicator).bySystem.get("shop")?.[0]?.sli).toEqual({
      kind: "latency",
      limit: { op: "lte", value: 200 },
      segment: undefined,
    });
    expect(issuesOf(ratio + indicator)).toEqual([
      "slo.yaml:26:19 metadata.name: an indicator that an SLO names as its indicatorRef | fast",
    ]);
  });

  it.each([
    [
      "alert policies",
      ratio.replace("  objectives:", "  alertPolicies: [x]\n  objectives:"),
      /^slo\.yaml:21:3 .*alertPolicies/,
    ],
    ["other budgeting", ratio.replace("Occurrences", "RatioTimeslices"), /^slo\.yaml:20:20 .*Timeslices/],
    [
      "other sources",
      ratio.replace("type: homeostat, spec: { metric: correct", "type: Prometheus, spec: { metric: correct"),
      /^slo\.yaml:16:.*homeostat/,
    ],
    ["a second objective", `${ratio}    - targetPercent: 80\n`, /^slo\.yaml:22:5 .*objectives/],
    ["another version", ratio.replace("openslo/v1", "openslo/v2alpha"), /^slo\.yaml:1:13 /],
    [
      "annotations of ours that mean nothing",
      ratio.replace("homeostat.io/runbook", "homeostat.io/page"),
      /^slo\.yaml:7:.*homeostat\.io\/runbook/,
    ],
    ["a raw ratio", ratio.replace("counter: true", "counter: true\n        rawType: success"), /rawType/],
    ["a system that is not there", ratio.replace("service: shop", "service: till"), /^slo\.yaml:10:12 .*till/],
    [
      "a segment that is not declared",
      ratio.replaceAll("label=tea", "region=west"),
      /declared segment \(label, size\)/,
    ],
    [
      "parts of different segments",
      ratio.replace("metric: labelled, segment: label=tea", "metric: labelled"),
      /the same as of good/,
    ],
    ["ratios that mean nothing", ratio.replace("metric: correct", "metric: answered"), /good answered of labelled/],
    [
      "a target of both kinds",
      ratio.replace("targetPercent: 90", "targetPercent: 90\n      target: 0.9"),
      /one of them \| both/,
    ],
    [
      "a value beside a ratio",
      ratio.replace("targetPercent: 90", "targetPercent: 90\n      op: lte"),
      /a ratio needs none/,
    ],
    [
      "slices without a target",
      ratio
        .replace("Occurrences", "Timeslices")
        .replace("targetPercent: 90", "targetPercent: 90\n      timeSliceWindow: 5m"),
      /timeSliceTarget/,
    ],
    [
      "slices of seven minutes",
      ratio
        .replace("Occurrences", "Timeslices")
        .replace("targetPercent: 90", "targetPercent: 90\n      timeSliceTarget: 0.9\n      timeSliceWindow: 7m"),
      /whole five minutes/,
    ],
    ["a rolling month", ratio.replace("28d", "1M"), /in m, h, d or w/],
    ["a zone that is none", threshold("metric: latency").replace("Europe/Zurich", "Europe/Nowhere"), /IANA time zone/],
    ["a feature that is none", threshold("metric: drift, feature: colour"), /a feature of the pipeline/],
    ["keys of another metric", threshold("metric: latency, outcome: saved"), /no such key of latency/],
    ["an outcome without a unit", threshold("metric: business, outcome: saved"), /outcome and unit/],
    ["no limit", threshold("metric: latency", "target: 0.9"), /op and value/],
    [
      "a tolerance where nothing is near",
      ratio.replace("metric: correct", "metric: correct, tolerance: 3"),
      /no such key here/,
    ],
  ])("refuses %s, with line and column", (_, text, expected) => {
    const issues = issuesOf(text);
    expect(issues.length).toBeGreaterThan(0);
    for (const issue of issues) expect(issue).toMatch(/^slo\.yaml:\d+:\d+ /);
    expect(issues.join("\n")).toMatch(expected);
  });

  it("of a regression says how near is right", () => {
    const minutes = sampleShop("shop", { task: { type: "regression", unit: "minutes" } });
    expect(issuesOf(ratio, minutes).join()).toMatch(/how near a prediction must be/);
    expect(read(ratio.replace("metric: correct", "metric: correct, tolerance: 5"), minutes).issues).toEqual([]);
  });
});
