import { describe, expect, it } from "vitest";
import { driftLevelOf, driftLevels, incidentPsi, warningPsi } from "./drift-level.ts";

describe("driftLevelOf", () => {
  it("changes colour exactly at the two thresholds", () => {
    expect(driftLevelOf(warningPsi - 1e-9)?.name).toBe("some");
    expect(driftLevelOf(warningPsi)?.name).toBe("warning");
    expect(driftLevelOf(incidentPsi - 1e-9)?.name).toBe("warning");
    expect(driftLevelOf(incidentPsi)?.name).toBe("incident");
  });

  it("colours a debiased PSI below zero as still", () => {
    expect(driftLevelOf(-0.004)?.name).toBe("still");
  });

  it("has no colour for what is not known", () => {
    expect(driftLevelOf(null)).toBeNull();
    expect(driftLevelOf(Number.NaN)).toBeNull();
  });

  it("lists its levels in rising order", () => {
    const froms = driftLevels.map(({ from }) => from);
    expect(froms).toEqual(froms.toSorted((a, b) => a - b));
  });
});
