import { describe, expect, it } from "vitest";
import { parseWhere } from "./fault.ts";
import { parseAssignments } from "./parse-assignments.ts";

const parse = (text: string) => parseAssignments(text, "--inputs");

describe("--inputs", () => {
  it("reads fields with their SQL, and a field alone as the column of its name", () => {
    expect(parse("departure=date, origin ,distance = distance * 2")).toEqual([
      { name: "departure", expression: "date" },
      { name: "origin", expression: "origin" },
      { name: "distance", expression: "distance * 2" },
    ]);
  });

  it("leaves commas in brackets and quotes to their expression", () => {
    expect(parse("a=if(x = 1, 'p,q', y), b=[1,2][1]")).toEqual([
      { name: "a", expression: "if(x = 1, 'p,q', y)" },
      { name: "b", expression: "[1,2][1]" },
    ]);
  });

  it.each([["a=1,,b=2"], ["A=1"], ["a="], ["a=1,a=2"], ["=x"], [""]])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(/--inputs/);
  });
});

describe("--where", () => {
  it("reads a column and its values", () => {
    expect(parseWhere("origin=LAX, SFO")).toEqual({ column: "origin", values: ["LAX", "SFO"] });
  });

  it.each([["origin"], ["origin="], ["=LAX"]])("refuses %j", (text) =>
    expect(() => parseWhere(text)).toThrow(/--where/),
  );
});
