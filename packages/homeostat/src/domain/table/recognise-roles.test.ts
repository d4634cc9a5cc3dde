import { describe, expect, it } from "vitest";
import type { ColumnFacts, ColumnKind } from "./column-facts.ts";
import { recogniseRoles } from "./recognise-roles.ts";

const rows = 1_000;
function column(name: string, kind: ColumnKind, facts: Partial<ColumnFacts> = {}): ColumnFacts {
  const numbers = kind === "whole" || kind === "fraction";
  return {
    name,
    kind,
    rows,
    present: rows,
    distinct: 100,
    least: numbers ? 0 : undefined,
    greatest: numbers ? 50 : undefined,
    timeShare: 0,
    wholeDays: false,
    ...facts,
  };
}

describe("roles of a table's columns", () => {
  it("are told from names and values in a scored table with outcomes", () => {
    const roles = recogniseRoles([
      column("id", "whole", { distinct: rows }),
      column("AGEP", "fraction"),
      column("SEX", "text", { distinct: 2 }),
      column("employed", "whole", { distinct: 2, greatest: 1 }),
      column("prediction", "whole", { distinct: 2, greatest: 1 }),
      column("predicted_probability", "fraction", { greatest: 0.99, distinct: rows }),
    ]);
    expect(roles).toMatchObject({
      id: "id",
      time: undefined,
      score: "predicted_probability",
      prediction: "prediction",
      outcome: "employed",
      segments: ["SEX"],
      features: ["AGEP", "SEX"],
      doubts: [],
    });
  });

  it("take the beginning for the time where there is an end as well", () => {
    const roles = recogniseRoles([column("pickup_datetime", "time"), column("dropoff_datetime", "time")]);
    expect(roles.time).toBe("pickup_datetime");
  });

  it("find the hour that stands beside a day", () => {
    const roles = recogniseRoles([
      column("instant", "whole", { distinct: rows }),
      column("dteday", "time", { wholeDays: true }),
      column("hr", "whole", { greatest: 23, distinct: 24 }),
    ]);
    expect(roles).toMatchObject({ id: "instant", time: "dteday", hour: "hr" });
  });

  it("are left open where two columns fit equally well", () => {
    const roles = recogniseRoles([column("created_at", "time"), column("requested_at", "time")]);
    expect(roles.time).toBeUndefined();
    expect(roles.doubts).toEqual([{ role: "time", candidates: ["created_at", "requested_at"] }]);
  });

  it("never go against the values", () => {
    const roles = recogniseRoles([
      column("score", "fraction", { greatest: 850 }),
      column("id", "whole", { distinct: 900 }),
      column("label", "text", { present: 0, distinct: 0 }),
    ]);
    expect(roles).toMatchObject({ score: undefined, id: undefined, outcome: undefined });
  });

  it("are what a person says, and a role said to be absent stays absent", () => {
    const columns = [column("target", "whole"), column("label", "whole"), column("when", "time")];
    expect(recogniseRoles(columns, { outcome: "label", time: null })).toMatchObject({
      outcome: "label",
      time: undefined,
      features: ["target", "when"],
    });
  });

  it("take seconds since 1970 for a time where the name says so", () => {
    const epoch = { least: 1_600_000_000, greatest: 1_700_000_000 };
    expect(recogniseRoles([column("ts", "whole", epoch)]).time).toBe("ts");
    expect(recogniseRoles([column("amount", "whole", epoch)]).time).toBeUndefined();
  });
});
