import { describe, expect, it } from "vitest";
import type { Binning } from "../../stats/histogram/binning.ts";
import { groupingOf, groupsInUse } from "./grouping.ts";
import { tenBins } from "./sample-picture.ts";

const groups = [[0], [1], [2, 3]];

describe("bins in use within a season", () => {
  it("are those the baseline fills, with the empty ones joined into one", () => {
    expect(groupsInUse([[0], [1], [2], [3]], [5, 0, 5, 0])).toEqual([[0], [2], [1, 3]]);
  });

  it("are left as they are when the baseline fills them all", () => {
    expect(groupsInUse(groups, [1, 1, 0, 1])).toEqual(groups);
  });

  it("are fewer than two when the baseline has one value or none", () => {
    expect(groupsInUse(groups, [7, 0, 0, 0])).toEqual([[0]]);
    expect(groupsInUse(groups, [0, 0, 0, 0])).toEqual([]);
  });
});

/** Five named values, then OTHER, NEW and NULL. */
const fiveNames: Binning = {
  kind: "categorical",
  categories: ["a", "b", "c", "d", "e"],
  others: [],
  othersComplete: true,
};
const sorted = (bins: readonly number[] | undefined): number[] => [...(bins ?? [])].sort((a, b) => a - b);

describe("the grouping of a number", () => {
  const all = [...new Array<number>(10).fill(300), 0];
  const grouping = groupingOf(tenBins, all, [0, 30, 30]);

  it("is frozen: what lies in the window changes nothing", () => {
    const even = grouping([...new Array<number>(10).fill(3), 0], all);
    expect(grouping([30, ...new Array<number>(10).fill(0)], all)).toEqual(even);
    expect(sorted(even.flat())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // Thirty rows at five rows a bin.
    expect(even.length).toBeLessThanOrEqual(7);
  });
});

describe("the grouping of a category", () => {
  const normal = [400, 400, 20, 20, 20, 0, 0, 0];
  const grouping = groupingOf(fiveNames, [], [100]);

  it("pools what is rare in window and season together", () => {
    const usual = grouping([46, 46, 3, 3, 2, 0, 0, 0], normal);
    expect(usual.slice(0, 2)).toEqual([[0], [1]]);
    expect(sorted(usual[2])).toEqual([2, 3, 4, 5, 6, 7]);
    expect(usual.length).toBe(3);
  });

  it("keeps a value apart that is rare in the season and frequent in the window", () => {
    const shifted = grouping([10, 10, 70, 5, 5, 0, 0, 0], normal);
    expect(shifted).toContainEqual([2]);
    expect(shifted.length).toBe(4);
  });

  it("treats window and season alike: exchanged at equal sizes they are grouped the same", () => {
    const left = [40, 35, 12, 8, 3, 1, 0, 1];
    const right = [30, 45, 2, 18, 1, 2, 1, 1];
    expect(grouping(left, right)).toEqual(grouping(right, left));
  });
});
