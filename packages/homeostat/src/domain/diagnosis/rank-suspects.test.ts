import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import type { Change } from "../change/change.ts";
import { hourMs } from "../instant.ts";
import { rankSuspects, type SuspectQuestion } from "./rank-suspects.ts";

const began = 1_704_067_200_000;
const hours = Array.from({ length: 48 }, (_, index) => began + (index - 24) * hourMs);
const change = (id: string, kind: Change["kind"], component: string, hoursBefore: number): Change => ({
  id,
  component,
  kind,
  title: id,
  time: began - hoursBefore * hourMs,
  recordedAt: began,
  actor: undefined,
  system: undefined,
});
const vendor = change("vendor", "data-source", "source:feed", 1);
const question: SuspectQuestion = {
  system: sampleSystem("flights"),
  changes: [],
  onset: { hours, weights: hours.map((hour) => (hour === began ? 0.9 : 0.1 / 47)) },
  shares: [{ feature: "hour", share: 1 }],
  pattern: { kind: "timezone_hours", hours: 8 },
  beyondSource: new Map(),
};

describe("suspects", () => {
  it("are ranked by time, lineage and pattern: the vendor's change beats innocents", () => {
    const innocents = [
      change("release", "deploy", "release:flights", 2),
      change("old vendor work", "data-source", "source:feed", 120),
      change("other feed", "schema", "source:weather", 1),
      change("afterwards", "library", "pipeline:flights", -12),
    ];
    const { suspects, named } = rankSuspects({ ...question, changes: [...innocents, vendor] });
    expect(named?.change?.id).toBe("vendor");
    expect(suspects[0]).toBe(named);
    expect(named!.posterior).toBeGreaterThan(0.6);
    expect(suspects.reduce((sum, suspect) => sum + suspect.posterior, 0)).toBeCloseTo(1, 9);
  });

  it("reach as far upstream as lineage does: what feeds the source is a suspect, farther off than the source itself", () => {
    const exporter = change("exporter", "library", "job:airflow/export", 1);
    const of = (beyondSource: ReadonlyMap<string, number>) =>
      rankSuspects({ ...question, beyondSource, changes: [exporter] }).suspects.find((one) => one.change !== undefined);
    const [known, unknown] = [of(new Map([["job:airflow/export", 2]])), of(new Map())];
    expect(known?.posterior).toBeGreaterThan(unknown?.posterior ?? 1);
    expect(known?.why.join()).toContain("3 steps upstream");
    expect(unknown?.why.join()).toContain("not upstream");
    const near = rankSuspects({
      ...question,
      beyondSource: new Map([["job:airflow/export", 2]]),
      changes: [exporter, { ...exporter, id: "near", component: "source:feed" }],
    }).suspects;
    expect(near[0]?.change?.id).toBe("near");
  });

  it("are none when nothing was logged: the cause stays unnamed", () => {
    const { suspects, named } = rankSuspects(question);
    expect(named).toBeUndefined();
    expect(suspects).toEqual([{ change: undefined, posterior: 1, why: ["none of the logged changes explains it"] }]);
  });

  it("leave the cause unnamed when all that was logged is far in time or beside the lineage", () => {
    const { named, suspects } = rankSuspects({
      ...question,
      changes: [change("long ago", "data-source", "source:feed", 160), change("beside", "policy", "model:flights", 30)],
    });
    expect(named).toBeUndefined();
    expect(suspects[0]?.change).toBeUndefined();
  });

  it("do not convict a change that came clearly after the trouble began", () => {
    const { named } = rankSuspects({ ...question, changes: [change("later", "data-source", "source:feed", -10)] });
    expect(named).toBeUndefined();
  });

  it("say why in words: when, where in the lineage, and the pattern", () => {
    const [first] = rankSuspects({ ...question, changes: [vendor] }).suspects;
    expect(first!.why).toEqual([
      "1 h before the change began (2024-01-01T00:00:00.000Z)",
      "source:feed is 1 step upstream of the moved features",
      "the pattern found: the clock moved by +8 hours",
    ]);
  });

  it("are not ranked without a time of change", () => {
    expect(rankSuspects({ ...question, changes: [vendor], onset: { hours: [], weights: [] } })).toEqual({
      suspects: [],
      named: undefined,
    });
  });
});
