import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markLongIntegers, mayHoldLongIntegers, unmark } from "./long-integers.ts";

describe("marking long whole numbers", () => {
  it("is looked into only where sixteen digits stand in a row", () => {
    const run = fc.nat({ max: 20 }).map((length) => "7".repeat(length));
    const between = fc.string({ unit: fc.constantFrom("a", "-", ".", "é"), maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(between, run), { maxLength: 8 }), (parts) => {
        const text = parts.flat().join("");
        expect(mayHoldLongIntegers(text)).toBe(/\d{16}/.test(text));
      }),
    );
    expect(mayHoldLongIntegers("1234567890123456\ufdd0")).toBe(false);
  });

  it("changes nothing that a number would have been: unmarked, a text parses as it always did", () => {
    const long = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String);
    const text = fc.oneof(fc.string(), long, fc.constantFrom('"', "\\", '\\"', "1e5", "12345678901234567890"));
    const scalar = fc.oneof(
      long,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      text.map((one) => JSON.stringify(one)),
      fc.constant("null"),
    );
    const object = fc.dictionary(text, scalar).map(
      (entries) =>
        `{${Object.entries(entries)
          .map(([key, value]) => `${JSON.stringify(key)}: ${value}`)
          .join(" ,")}}`,
    );
    fc.assert(
      fc.property(
        fc.oneof(
          object,
          fc.array(object).map((all) => `[${all.join(",")}]`),
        ),
        (json) => {
          fc.pre(!json.includes("\ufdd0") && !/\\u/i.test(json));
          const marked: unknown = JSON.parse(markLongIntegers(json));
          unmark(marked, undefined);
          expect(marked).toEqual(JSON.parse(json));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is not done where it could be mistaken, and ends on any text", () => {
    expect(mayHoldLongIntegers('{"a":1}')).toBe(false);
    expect(mayHoldLongIntegers('{"a":"\ufdd01234567890123456"}')).toBe(false);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "1", "-", "{", " ") }), (text) => {
        expect(markLongIntegers(text).length).toBeGreaterThanOrEqual(text.length);
      }),
    );
  });
});
