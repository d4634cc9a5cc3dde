import { describe, expect, it } from "vitest";
import { seasonOf } from "../window/window.ts";
import { total } from "./count-series.ts";
import { referencePictureOf } from "./reference-picture.ts";
import { dayWindow, missing, profileOf, type SampleRow, sampleBaseline, tenBins } from "./sample-picture.ts";

const baseline = sampleBaseline({ hour: tenBins }, ["ATL", "LAX"], 21);

/** Twenty rows in ATL and ten in LAX a day, evenly over the bins; `extra` more rows at ATL. */
function evenDay(day: number, extra = 0): SampleRow[] {
  return Array.from({ length: 30 + extra }, (_, index) => ({
    place: index % 3 === 0 && index < 30 ? "LAX" : "ATL",
    bins: { hour: (index + day) % 10 },
    scoreBin: index % 10,
    outcome: (index * 7 + day) % 10 < index % 10,
  }));
}
const pictureOf = (rowsOf: (day: number) => readonly SampleRow[]) =>
  referencePictureOf(
    baseline,
    baseline.windows.map((window, day) => profileOf(baseline, window, rowsOf(day))),
  );
const monday = seasonOf(dayWindow(0), "day-of-week");

describe("the picture of normal", () => {
  it("holds all rows, every segment value and the rest of the segment", () => {
    expect(pictureOf(evenDay).segments).toEqual([
      undefined,
      { name: "place", value: "ATL" },
      { name: "place", value: "LAX" },
      { name: "place", value: "(other)" },
    ]);
  });

  it("sums the windows of a season and no others", () => {
    const picture = pictureOf((day) => (day % 7 === 0 ? evenDay(day) : []));
    const hour = picture.feature(undefined, "hour");
    expect(monday).toBe("day-1");
    expect(total(hour.season("day-1") ?? [])).toBe(90);
    expect(total(hour.season("day-2") ?? [])).toBe(0);
    expect(hour.season("day-8")).toBeUndefined();
    expect(total(hour.all)).toBe(90);
    expect(total(picture.feature({ name: "place", value: "LAX" }, "hour").all)).toBe(30);
    expect(picture.volume(undefined).season("day-1")).toEqual({ meanRows: 30, windows: 3 });
  });

  it("groups bins so that a middling window fills them, each bin in one group", () => {
    const hour = pictureOf(evenDay).feature(undefined, "hour");
    const groups = hour.groups([], hour.all);
    expect(groups.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // Thirty rows a day: at five rows a bin, six groups at most.
    expect(groups.length).toBeLessThanOrEqual(6);
  });

  it("never calls healthy windows calmer than chance", () => {
    const picture = pictureOf(evenDay);
    expect(picture.feature(undefined, "hour").overdispersion?.phi).toBe(1);
    expect(picture.volume(undefined).overdispersion?.phi).toBe(1);
  });

  it("measures variation between windows of one season, not between seasons", () => {
    const byWeekday = pictureOf((day) => evenDay(day).map((row) => ({ ...row, bins: { hour: day % 7 } })));
    const byWeek = pictureOf((day) => evenDay(day).map((row) => ({ ...row, bins: { hour: Math.floor(day / 7) } })));
    expect(byWeekday.feature(undefined, "hour").overdispersion).toBeUndefined();
    expect(byWeek.feature(undefined, "hour").overdispersion!.phi).toBeGreaterThan(5);
    expect(byWeek.feature(undefined, "hour").overdispersion!.windows).toBe(14);
  });

  it("measures how a share of missing values comes in bursts", () => {
    const bursts = pictureOf((day) =>
      evenDay(day).map((row, index) => (day % 5 === 0 && index < 12 ? { ...row, bins: { hour: missing } } : row)),
    );
    expect(bursts.feature(undefined, "hour").nullOverdispersion!.phi).toBeGreaterThan(4);
    expect(pictureOf(evenDay).feature(undefined, "hour").nullOverdispersion).toBeUndefined();
  });

  it("does not know the variation of a segment without rows", () => {
    const other = { name: "place", value: "(other)" };
    const picture = pictureOf(evenDay);
    expect(picture.feature(other, "hour").overdispersion).toBeUndefined();
    expect(picture.score(other).quality).toMatchObject({ metric: "auc", baselineRows: 0, variation: undefined });
    expect(picture.volume(other).overdispersion).toBeUndefined();
  });

  it("leans the AUC variation of a segment on that of all segments together", () => {
    const picture = pictureOf((day) => Array.from({ length: 8 }, () => evenDay(day)).flat());
    const { variation, baselineRows } = picture.score({ name: "place", value: "ATL" }).quality;
    expect(baselineRows).toBeGreaterThan(100);
    // Twenty-one windows of its own and the weight of seven pooled ones.
    expect(variation!.windows).toBe(28);
    expect(variation!.phi).toBeGreaterThanOrEqual(1);
  });

  it("answers the same question with the same object", () => {
    const picture = pictureOf(evenDay);
    expect(picture.feature(undefined, "hour")).toBe(picture.feature(undefined, "hour"));
    expect(picture.score({ name: "place", value: "ATL" })).toBe(picture.score({ name: "place", value: "ATL" }));
  });
});
