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
  reach: new Map(),
  above: new Map(),
  words: { slice: [], otherValues: [], features: ["hour"], otherFeatures: ["distance"] },
  causedBefore: () => 0,
  horizonMs: 8 * 24 * hourMs,
  namingThreshold: 0.5,
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
    expect(named!.posterior).toBeGreaterThan(0.5);
    expect(suspects.reduce((sum, suspect) => sum + suspect.posterior, 0)).toBeCloseTo(1, 9);
  });

  it("reach as far upstream as lineage does, the nearer the likelier", () => {
    const exporter = change("exporter", "data-source", "job:airflow/export", 1);
    const near = { ...exporter, id: "near", component: "source:feed" };
    const reach = new Map([
      [
        "hour",
        new Map([
          ["job:airflow/export", 3],
          ["source:feed", 1],
        ]),
      ],
    ]);
    const others = [1, 2, 3].map((n) => change(`other ${n}`, "policy", "library:unknown", 20 * n));
    const of = (known: SuspectQuestion["reach"]) =>
      rankSuspects({ ...question, reach: known, changes: [exporter, ...others] }).suspects.find(
        (one) => one.change === exporter,
      );
    expect(of(reach)?.posterior).toBeGreaterThan(of(new Map())?.posterior ?? 1);
    expect(of(reach)?.why.join()).toContain("3 steps upstream");
    expect(of(new Map())?.why.join()).toContain("not upstream");
    expect(rankSuspects({ ...question, reach, changes: [exporter, near, ...others] }).suspects[0]?.change).toBe(near);
  });

  it("are told apart by what they feed: a job of the moved feature alone rather than one of all features", () => {
    const own = change("own", "library", "job:hours", 20);
    const wide = change("wide", "library", "job:everything", 20);
    const shared = ["job:everything", 2] as const;
    const reach = new Map<string, ReadonlyMap<string, number>>(
      sampleSystem("flights").pipeline.features.map(({ name }) => [name, new Map([shared])] as const),
    );
    reach.set("hour", new Map<string, number>([shared, ["job:hours", 2]]));
    const { suspects } = rankSuspects({ ...question, reach, changes: [wide, own] });
    expect(suspects.find((one) => one.change !== undefined)?.change).toBe(own);
  });

  it("are weighed by what the log says elsewhere: naming the slice counts where others do not", () => {
    const words = {
      slice: [{ dimension: "airport", value: "LAX" }],
      otherValues: [{ dimension: "airport", value: "ORD" }],
      features: ["hour"],
      otherFeatures: ["distance"],
    };
    const titled = (title: string, at: number) => ({ ...change(title, "data-source", "source:feed", at), title });
    const about = titled("time zone fix for LAX", 40);
    const others = [5, 10, 15, 20, 25, 30].map((at) => titled(`refresh ${at}`, at));
    const ranked = rankSuspects({ ...question, words, changes: [...others, titled("new gates at ORD", 4), about] });
    const first = ranked.suspects.find((one) => one.change !== undefined);
    expect(first?.change).toBe(about);
    expect(first?.why.join()).toContain("it names the slice");
    expect(ranked.suspects.find(({ change: one }) => one?.title === "new gates at ORD")?.why.join()).toContain(
      "names others",
    );
  });

  it("do not convict by the length of the log: of twenty changes alike none is named", () => {
    const alike = Array.from({ length: 20 }, (_, n) => change(`change ${n}`, "library", "source:feed", 3 * n - 6));
    const { named, suspects } = rankSuspects({ ...question, pattern: undefined, changes: alike });
    expect(named).toBeUndefined();
    expect(suspects[0]!.change).toBeUndefined();
  });

  it("are remembered: a component that was the cause before is likelier to be it again", () => {
    const changes = ["a", "b", "c"].map((id) => change(id, "data-source", `source:${id}`, 5));
    const causedBefore = ({ component }: Change): number => (component === "source:b" ? 2 : 0);
    const { suspects } = rankSuspects({ ...question, causedBefore, changes });
    const of = (id: string) => suspects.find((one) => one.change?.id === id);
    expect(of("b")!.posterior).toBeGreaterThan(2 * of("a")!.posterior);
    expect(of("b")!.why.join()).toContain("was the cause 2 times before");
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
      expect.stringContaining("1 h before the change began (2024-01-01T00:00:00.000Z)"),
      expect.stringContaining("source:feed is 1 step upstream of the moved features and reaches 100 % of the drift"),
      expect.stringContaining("a data source change; the pattern found: the clock moved by +8 hours"),
    ]);
  });

  it("are not ranked without a time of change", () => {
    expect(rankSuspects({ ...question, changes: [vendor], onset: { hours: [], weights: [] } })).toEqual({
      suspects: [],
      named: undefined,
    });
  });
});
