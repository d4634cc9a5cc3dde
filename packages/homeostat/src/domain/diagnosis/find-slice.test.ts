import { describe, expect, it } from "vitest";
import { sampleFinding } from "../../store/conformance/control-sample.ts";
import { otherValue } from "../baseline/baseline.ts";
import { segmentSlice, sliceWords } from "../baseline/slice-store.ts";
import type { Finding } from "../finding/finding.ts";
import { dayWindow } from "../monitor/sample-picture.ts";
import type { SeriesVerdict } from "../monitor/verdict.ts";
import { findSlice } from "./find-slice.ts";

const finding = (id: string, parts: Partial<Finding>): Finding => ({
  ...sampleFinding("s", id, dayWindow(0)),
  segment: undefined,
  ...parts,
});
const at = (value: string, name = "origin") => ({ name, value });

/** What the volume monitor says of a segment value. */
function volume(
  segment: { readonly name: string; readonly value: string },
  rows: number,
  expected: number,
): SeriesVerdict {
  return {
    test: {
      kind: "tested",
      key: { monitor: "volume", metric: "rows", segment, feature: undefined },
      numbers: {
        variant: "rows/quasi-poisson",
        value: rows,
        baselineValue: expected,
        effect: 1 - rows / expected,
        threshold: 0.5,
        pValue: 0.001,
        expectedByChance: undefined,
        lowerBound: undefined,
        overdispersion: 1,
        rows,
        baselineRows: expected * 10,
        bins: undefined,
      },
    },
    state: "warning",
    real: true,
    material: true,
    adjustedPValue: 0.001,
    streak: 1,
    fired: false,
  };
}

describe("the slice of findings", () => {
  it("unites values of one segment in which the same feature moved, strongest first", () => {
    const [lead] = findSlice(
      [
        finding("all", { feature: "hour", rows: 9_000, effect: 0.3 }),
        finding("sfo", { feature: "hour", segment: at("SFO"), rows: 300, effect: 1 }),
        finding("lax", { feature: "hour", segment: at("LAX"), rows: 900, effect: 1 }),
        finding("score", { monitor: "prediction-drift", feature: undefined, segment: at("LAX"), rows: 900, effect: 5 }),
      ],
      [],
    ).leads;
    expect(lead).toMatchObject({
      feature: "hour",
      slice: segmentSlice("origin", ["LAX", "SFO"]),
      finding: { id: "lax" },
    });
    expect(sliceWords(lead!.slice)).toBe("origin in {LAX, SFO}");
  });

  it("is where about as many rows vanished as arrived without their value", () => {
    const lost = finding("null", {
      monitor: "null-rate",
      metric: "null-share",
      feature: "origin",
      value: 0.1,
      baselineValue: 0,
      effect: 0.1,
      rows: 10_000,
    });
    const volumes = [volume(at("ORD"), 0, 980), volume(at("ATL"), 1_950, 2_000), volume(at("AA", "carrier"), 0, 5_000)];
    const [lead] = findSlice([lost], volumes).leads;
    expect(lead).toMatchObject({ feature: "origin", slice: segmentSlice("origin", ["ORD"]), lostRows: 1_000 });
  });

  it("counts only values lost over and above those that never came", () => {
    const lost = finding("null", {
      monitor: "null-rate",
      metric: "null-share",
      feature: "origin",
      value: 0.15,
      baselineValue: 0.05,
      effect: 0.1,
      rows: 10_000,
    });
    const [lead] = findSlice([lost], [volume(at("ORD"), 0, 1_000)]).leads;
    expect(lead!.lostRows).toBeCloseTo(1_000, 6);
    expect(lead!.slice).toEqual(segmentSlice("origin", ["ORD"]));
  });

  it("follows a value that arrives under a new name to the value that went away", () => {
    const renamed = finding("new", {
      monitor: "new-category",
      metric: "unseen",
      feature: "origin",
      value: 0.05,
      baselineValue: 0,
      effect: 0.05,
      rows: 10_000,
    });
    const [lead] = findSlice([renamed], [volume(at("ATL"), 90, 600), volume(at(otherValue), 0, 500)]).leads;
    expect(lead).toMatchObject({
      slice: segmentSlice("origin", ["ATL"]),
      how: expect.stringContaining("vanished"),
    });
  });

  it("is all rows when no segment lost as many", () => {
    const lost = finding("null", {
      monitor: "null-rate",
      metric: "null-share",
      feature: "delay",
      value: 0.1,
      baselineValue: 0,
      effect: 0.1,
      rows: 10_000,
    });
    const [lead] = findSlice([lost], [volume(at("ATL"), 1_000, 2_500), volume(at("ORD"), 900, 1_000)]).leads;
    expect(lead!.slice).toBeUndefined();
    expect(sliceWords(lead!.slice)).toBe("all rows");
  });

  it("prefers missing values to the drift they cause, and keeps other features as further leads", () => {
    const { leads } = findSlice(
      [
        finding("drift", { feature: "distance", segment: at("LAX"), rows: 9_000, effect: 3 }),
        finding("own", { feature: "origin", segment: at("LAX"), rows: 9_000, effect: 3 }),
        finding("null", {
          monitor: "null-rate",
          metric: "null-share",
          feature: "origin",
          value: 0.01,
          effect: 0.01,
          rows: 100,
        }),
      ],
      [],
    );
    expect(leads.map((lead) => lead.finding.id)).toEqual(["null", "drift"]);
  });

  it("is the segment values whose rows fell, unless the whole feed fell", () => {
    const fallen = ["LAX", "SFO"].map((value) =>
      finding(value, { monitor: "volume", metric: "rows", feature: undefined, segment: at(value), rows: 5, effect: 1 }),
    );
    expect(findSlice(fallen, []).leads[0]).toMatchObject({
      slice: { conditions: [{ values: ["LAX", "SFO"] }] },
      how: expect.stringContaining("in number"),
    });
    const whole = finding("all", { monitor: "volume", metric: "rows", feature: undefined, rows: 5, effect: 1 });
    expect(findSlice([...fallen, whole], []).leads[0]!.slice).toBeUndefined();
  });

  it("is all rows for a finding over all rows, and nothing without findings", () => {
    expect(findSlice([finding("auc", { monitor: "performance", feature: undefined })], []).leads[0]).toMatchObject({
      slice: undefined,
      finding: { id: "auc" },
    });
    expect(findSlice([], []).leads).toEqual([]);
  });
});
