import { describe, expect, it } from "vitest";
import { likeIncidents } from "./trace.ts";

const of = (incident: number, ...marks: readonly string[]) => ({ incident, marks });

describe("incidents that are alike", () => {
  const asked = of(9, "system:flights", "layer:pipeline", "monitor:input-drift", "feature:hour", "slice:origin=ATL");
  const same = of(1, "system:flights", "layer:pipeline", "monitor:input-drift", "feature:hour", "slice:origin=ATL");
  const sameFeature = of(2, "system:flights", "layer:pipeline", "monitor:input-drift", "feature:hour");
  const elsewhere = of(3, "system:taxi", "layer:model", "monitor:volume", "feature:fare");
  const sameSystemOnly = of(4, "system:flights", "layer:pipeline", "monitor:volume", "feature:distance");

  it("come nearest first, each with what it shares", () => {
    const found = likeIncidents(asked, [elsewhere, sameFeature, same, sameSystemOnly, asked], 5);
    expect(found.map(({ incident }) => incident)).toEqual([1, 2]);
    expect(found[0]?.score).toBeCloseTo(1, 9);
    expect(found[0]?.shared).toContain("the slice origin=ATL");
    expect(found[1]?.shared).toEqual([
      "the feature hour",
      "the monitor input-drift",
      "the system flights",
      "the layer pipeline",
    ]);
  });

  it("are not called alike for the system and the layer alone, and an incident is not like itself", () => {
    expect(likeIncidents(asked, [sameSystemOnly, asked, elsewhere], 3)).toEqual([]);
  });

  it("weigh a rare feature more than a monitor that every incident has", () => {
    const many = Array.from({ length: 30 }, (_, index) => of(100 + index, "monitor:input-drift"));
    const found = likeIncidents(asked, [...many, of(5, "feature:hour")], 31);
    expect(found.map(({ incident }) => incident)).toEqual([5]);
  });

  it("is said of nothing when nothing is known of the incident", () => {
    expect(likeIncidents(of(1), [same], 1)).toEqual([]);
  });
});
