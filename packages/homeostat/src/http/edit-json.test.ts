import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editJson } from "./edit-json.ts";

const edited = (text: string, path: string, json?: string): string => {
  const result = editJson(text, { path, json });
  if (result.kind === "refused") throw new Error(`${result.expected}, ${result.found}`);
  return result.text;
};

describe("editing a JSON text", () => {
  const text = '{ "id": "a", "inputs" : {"n": 9223372036854775807, "t":"}\\"{"}, "list":[1,{"x":2}] }';

  it("changes one value and no other character", () => {
    expect(edited(text, "inputs.t", "-9223372036854775808")).toBe(text.replace('"}\\"{"', "-9223372036854775808"));
    expect(edited(text, "id", '"b"')).toBe(text.replace('"a"', '"b"'));
    expect(edited(text, "list", "null")).toBe(text.replace('[1,{"x":2}]', "null"));
  });

  it("puts in what is missing and takes out what should not be there", () => {
    expect(edited("{}", "a", "1")).toBe('{"a":1}');
    expect(edited("{ }", "a.b", "1")).toBe('{ "a":{"b":1}}');
    expect(JSON.parse(edited(text, "inputs.new", "true")).inputs.new).toBe(true);
    expect(edited('{"a":1,"b":2,"c":3}', "a")).toBe('{"b":2,"c":3}');
    expect(edited('{"a":1,"b":2,"c":3}', "b")).toBe('{"a":1,"c":3}');
    expect(edited('{"a":1,"b":2,"c":3}', "c")).toBe('{"a":1,"b":2}');
    expect(edited('{"a":1}', "a")).toBe("{}");
    expect(edited('{"a":1}', "b")).toBe('{"a":1}');
  });

  it("refuses what is no object, no JSON, or no place", () => {
    for (const [payload, path, json] of [
      ["[1]", "a", "1"],
      ["nope", "a", "1"],
      ['{"a":1}', "a", "tru"],
      ['{"a":1}', "a.b", "1"],
    ] as const)
      expect(editJson(payload, { path, json }).kind).toBe("refused");
  });

  it("says what assigning to the parsed object would have said", () => {
    const keys = fc.constantFrom("a", "b", 'q"', "\\", "{", "é");
    const objects = fc.dictionary(keys, fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant("}{")));
    fc.assert(
      fc.property(objects, keys, fc.jsonValue({ maxDepth: 1 }), fc.boolean(), (object, key, value, spaced) => {
        const before = JSON.stringify(object, null, spaced ? 2 : 0);
        const json = JSON.stringify(value);
        expect(JSON.parse(edited(before, key, json))).toEqual({ ...JSON.parse(before), [key]: JSON.parse(json) });
        const { [key]: _, ...without } = JSON.parse(before) as Record<string, unknown>;
        expect(JSON.parse(edited(before, key))).toEqual(without);
      }),
    );
  });
});
