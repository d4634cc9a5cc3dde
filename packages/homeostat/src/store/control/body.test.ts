import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBody, toBody } from "./body.ts";

describe("body of a jsonb column", () => {
  it("reads back exactly what was written, for any nesting of text and numbers", () => {
    const text = fc.array(
      fc.constantFrom("\0", "\uE000", "\uD800", "\uDC00", "\u{1F600}", "a", "0000", "NaN", "\\u0000"),
    );
    const string = text.map((parts) => parts.join(""));
    const leaf = fc.oneof(
      string,
      fc.double().map((value) => value + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(
          string.map((key) => `k${key}`),
          tie("value"),
          { maxKeys: 4 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(tree, (value) => {
        expect(fromBody(toBody(value))).toEqual(value);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("holds nothing that Postgres refuses", () => {
    expect(toBody({ "k\0": ["\0", "\uD800", Number.NaN] })).not.toMatch(/\\u0000|\\ud8|NaN(?!")/i);
  });

  it("writes ordinary values as ordinary JSON", () => {
    expect(toBody({ a: [1.5, "text", null] })).toBe('{"a":[1.5,"text",null]}');
    expect(fromBody(toBody({ a: undefined }))).toEqual({});
  });
});
