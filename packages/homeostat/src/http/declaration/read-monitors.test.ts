import { readSchema, readYaml, type SystemDeclaration, systemDeclaration } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import type { CheckedExpression } from "../../domain/engine/expression.ts";
import { monitorsOf } from "../../domain/monitor/monitors-of.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import { readMonitors } from "./read-monitors.ts";

const head = `apiVersion: homeostat/v1
kind: System
name: flight-delay
domain: tabular
serving: gateway
task: { type: binary-classification, threshold: 0.5 }
contract: airline.yaml
pipeline: pipeline.yaml
outcome: { name: delayed, expression: arrival_delay > 15, maturity: P1D }
segments: [{ name: origin, expression: origin }]
windows: { length: P1D, lateness: PT6H }
owners: { training-pipeline: ml, serving: ml, upstream-data: data, production-performance: ml, business: ops }
monitors:
`;
const owners = {
  "training-pipeline": "ml",
  serving: "ml",
  "upstream-data": "data",
  "production-performance": "ml",
  business: "ops",
};
const pipeline: Pipeline = {
  version: "pl-1",
  inputs: [],
  features: ["distance", "hour"].map((name) => ({
    name,
    type: "number" as const,
    expression: name as CheckedExpression,
  })),
} as unknown as Pipeline;

/** Issues as `line:column expected`, or the monitors read. */
function read(monitors: string) {
  const [document] = readYaml("system.yaml", head + monitors).documents;
  const declared = readSchema<SystemDeclaration>(systemDeclaration, document!);
  const reading =
    "issues" in declared
      ? declared
      : readMonitors(document!, declared.value, { pipeline, owners: new Set(["ml", "data", "ops"]) });
  return "issues" in reading
    ? reading.issues.map(({ path, expected, found }) => `${path.replace("system.yaml:", "")} ${expected} / ${found}`)
    : reading.value;
}
const watching = (monitors: string) => {
  const value = read(monitors);
  if (value.some((one) => typeof one === "string")) throw new Error(value.join("\n"));
  return monitorsOf({ owners, monitors: value as Exclude<(typeof value)[number], string>[] });
};

describe("declared monitors", () => {
  it("change the default of their name and add what has a name of its own", () => {
    const found = watching(`  - { name: input-drift, threshold: 0.1, severity: warning }
  - name: west-distance
    kind: input-drift
    metric: psi
    segments: [all, origin, origin=LAX]
    features: [distance]
    persistence: 2
    owner: ops
    runbook: https://example.com/distance
`);
    expect(found.filter(({ kind }) => kind === "input-drift")).toMatchObject([
      {
        name: "input-drift",
        origin: "declared",
        severity: "warning",
        owner: "data",
        metrics: { psi: { threshold: 0.1, persistenceWindows: 3 } },
        features: undefined,
      },
      {
        name: "west-distance",
        severity: "critical",
        owner: "ops",
        runbook: "https://example.com/distance",
        metrics: { psi: { threshold: 0.25, persistenceWindows: 2 } },
        features: ["distance"],
        segments: [
          { kind: "all-rows" },
          { kind: "every-value", name: "origin" },
          { kind: "value", name: "origin", value: "LAX" },
        ],
      },
    ]);
    expect(found.length).toBe(monitorsOf({ owners }).length + 1);
  });

  it("switch a default off", () => {
    const found = watching("  - { name: volume, enabled: false }\n");
    expect(found.map(({ name }) => name)).not.toContain("volume");
    expect(found.length).toBe(monitorsOf({ owners }).length - 1);
  });

  it.each([
    ["  - { name: mine }\n", /^14:\d+ kind: one of .*without a kind$/],
    ["  - { name: volume, kind: performance }\n", /^14:\d+ kind: volume, because/],
    [
      "  - { name: a, kind: volume, segments: [carrier] }\n",
      /^14:\d+ all, or a declared segment: origin \/ `carrier`$/,
    ],
    [
      "  - { name: a, kind: input-drift, features: [speed] }\n",
      /a feature of the pipeline: distance, hour \/ `speed`$/,
    ],
    ["  - { name: a, kind: input-drift, metric: auc }\n", /^14:\d+ metric: one of psi.* \/ `auc`$/],
    [
      "  - { name: a, kind: volume, owner: nobody }\n",
      /the name of an owner in a document of kind Owners \/ `nobody`$/,
    ],
    ["  - { name: performance, threshold: 0.1 }\n", /^14:\d+ a metric beside the threshold.*one of auc, accuracy/],
    ["  - { name: contract, severity: warning }\n", /only `enabled: false`.*the rest is declared elsewhere/],
    ["  - { name: a, kind: volume }\n  - { name: a, kind: volume }\n", /^15:\d+ each name once/],
    ["  - { name: a, kind: volume, window: P7D }\n", /the system's own windows, declare `windows.length`; sliding/],
    ["  - { name: a, kind: volume, threshold: 0 }\n", /^14:\d+ .*more than 0/],
    ["  - { name: a, kind: volume, every: hour }\n", /no such key/],
  ])("are refused with line and column where they cannot be: %s", (monitors, message) => {
    expect(read(monitors)[0]).toMatch(message);
  });
});
