import { readSchema, readYaml, type SystemDeclaration, systemDeclaration } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import { readActions } from "./read-actions.ts";

const head = (serving: string, fallback: string): string => `apiVersion: homeostat/v1
kind: System
name: flight-delay
domain: tabular
serving: ${serving}
task: { type: binary-classification, threshold: 0.5 }
contract: airline.yaml
pipeline: pipeline.yaml
outcome: { name: delayed, expression: arrival_delay > 15, maturity: P1D }
segments: [{ name: origin, expression: origin }]
windows: { length: P1D, lateness: PT6H }
fallback: ${fallback}
owners: { training-pipeline: ml, serving: ml, upstream-data: data, production-performance: ml, business: ops }
actions:
`;
const pipeline = {
  version: "pl-1",
  inputs: [
    { name: "departure", type: "timestamp" },
    { name: "origin", type: "string" },
  ],
  features: [{ name: "hour" }],
} as unknown as Pipeline;

function read(actions: string, { serving = "gateway", fallback = "[{ kind: constant, probability: 0.2 }]" } = {}) {
  const [document] = readYaml("system.yaml", head(serving, fallback) + actions).documents;
  const declared = readSchema<SystemDeclaration>(systemDeclaration, document!);
  const reading = "issues" in declared ? declared : readActions(document!, declared.value, pipeline);
  return "issues" in reading ? reading.issues.map(({ expected, found }) => `${expected} / ${found}`) : reading.value;
}

describe("declared actions", () => {
  it("are asked about first, and not repeated within a day, unless something else is declared", () => {
    expect(read("  - { name: back, when: { layer: model }, do: rollback }")).toEqual([
      {
        name: "back",
        when: { event: "incident.diagnosed", layer: "model" },
        act: { kind: "rollback" },
        mode: "approval",
        coolDownMs: 86_400_000,
      },
    ]);
  });

  it("may ask for a monitor, a slice and a cause", () => {
    const when = "{ monitor: null-rate, segment: origin=LAX, feature: hour, cause: { component: 'source:*' } }";
    expect(read(`  - { name: calm, when: ${when}, do: fallback, mode: automatic, coolDown: PT6H }`)).toMatchObject([
      {
        when: {
          monitor: "null-rate",
          segment: { name: "origin", value: "LAX" },
          feature: "hour",
          cause: { component: "source:*", probability: 0.5 },
        },
        mode: "automatic",
        coolDownMs: 21_600_000,
      },
    ]);
  });

  it("may retrain on the newest rows", () => {
    const retrain = "{ timeColumn: departure, rows: P60D, heldOut: P7D, maxTrainingRows: 5000 }";
    expect(read(`  - { name: anew, when: {}, do: retrain, retrain: ${retrain} }`)).toMatchObject([
      {
        act: {
          kind: "retrain",
          timeField: "departure",
          rowsOfMs: 60 * 86_400_000,
          heldOutMs: 7 * 86_400_000,
          maxTrainingRows: 5_000,
        },
      },
    ]);
  });

  it.each([
    ["what does not exist", "{ name: a, when: {}, do: exclude-feed }", "rollback"],
    [
      "a monitor that nobody knows",
      "{ name: a, when: { monitor: psychic }, do: rollback }",
      "a declared monitor / `psychic`",
    ],
    [
      "a segment that is not declared",
      "{ name: a, when: { segment: region=EU }, do: rollback }",
      "a declared segment: origin",
    ],
    [
      "a cause before the diagnosis",
      "{ name: a, when: { event: incident.opened, cause: {} }, do: rollback }",
      "only the diagnosis knows a cause",
    ],
    ["no feature to freeze", "{ name: a, when: {}, do: freeze-feature }", "which one is frozen"],
    [
      "another feature than there are",
      "{ name: a, when: {}, do: freeze-feature, feature: speed }",
      "a feature of the pipeline: hour",
    ],
    [
      "a part of another action",
      "{ name: a, when: {}, do: rollback, feature: hour }",
      "feature only with do: freeze-feature",
    ],
    ["training without its rows", "{ name: a, when: {}, do: retrain }", "at least its timeColumn"],
    [
      "a time that is none",
      "{ name: a, when: {}, do: retrain, retrain: { timeColumn: origin } }",
      "a timestamp field of the contract: departure",
    ],
    [
      "more held out than there is",
      "{ name: a, when: {}, do: retrain, retrain: { timeColumn: departure, rows: P1D } }",
      "shorter than rows",
    ],
  ])("are refused for %s", (_, action, words) => {
    expect(String(read(`  - ${action}`))).toContain(words);
  });

  it("are refused twice by one name, without a fallback to fall back to, and where others answer", () => {
    const back = "  - { name: a, when: {}, do: rollback }\n";
    expect(String(read(back + back))).toContain("each");
    expect(String(read("  - { name: a, when: {}, do: fallback }", { fallback: "[]" }))).toContain("no fallback");
    expect(String(read(back, { serving: "monitor-only" }))).toContain("what is answered elsewhere cannot be changed");
  });
});
