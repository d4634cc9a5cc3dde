import { expect, it } from "vitest";
import { worstFirst } from "./verdict.ts";

it("what is wrong comes first, then what is not known, then what is healthy; equals keep their order", () => {
  const items = [
    ["a", "healthy"],
    ["b", "not-checked"],
    ["c", "warning"],
    ["d", "critical"],
    ["e", "not-enough-data"],
    ["f", "critical"],
  ] as const;
  expect(worstFirst(items, ([, verdict]) => verdict).map(([name]) => name)).toEqual(["d", "f", "c", "e", "b", "a"]);
});
