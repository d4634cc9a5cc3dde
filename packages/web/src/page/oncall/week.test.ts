import { describe, expect, it } from "vitest";
import { colourOf, midnightsOf, mondayOf, placeIn } from "./week.ts";

describe("a week", () => {
  it("begins on Monday at the reader's midnight and has seven days, whatever the clock does", () => {
    const monday = mondayOf(new Date(2024, 9, 31, 15).getTime(), 0);
    expect([monday.getFullYear(), monday.getMonth(), monday.getDate(), monday.getHours()]).toEqual([2024, 9, 28, 0]);
    expect(mondayOf(new Date(2024, 9, 28, 0).getTime(), 1).getDate()).toBe(4);
    expect(mondayOf(new Date(2024, 10, 3, 23, 59).getTime(), 0).getDate()).toBe(28);
    expect(midnightsOf(monday).map((day) => day.getDate())).toEqual([28, 29, 30, 31, 1, 2, 3, 4]);
  });

  it("places stretches as shares, cut at its ends", () => {
    const week = { from: Date.parse("2024-01-01T00:00Z"), to: Date.parse("2024-01-08T00:00Z") };
    expect(placeIn(week, "2023-12-25T00:00Z", "2024-01-04T12:00Z")).toEqual({ left: 0, width: 0.5 });
    expect(placeIn(week, "2024-01-04T12:00Z", "2024-02-01T00:00Z")).toEqual({ left: 0.5, width: 0.5 });
  });

  it("gives a person one colour of four", () => {
    for (const name of ["anna", "ben", "clara", ""]) expect([1, 2, 3, 4]).toContain(colourOf(name));
    expect(colourOf("anna")).toBe(colourOf("anna"));
  });
});
