import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "./read-json.ts";

describe("the strict JSON reader", () => {
  it("reads every JSON text to the value JSON.parse reads", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 8, noUnicodeString: false }),
        fc.constantFrom(undefined, 0, 1, 2, "\t"),
        (text, indent) => {
          const value: unknown = JSON.parse(text);
          const relaid = JSON.stringify(value, null, indent);
          const reading = readJson(relaid);
          if (reading.kind === "read") expect(reading.value).toEqual(value);
          else expect(reading.reason).toMatch(/is not taken|half of a surrogate pair/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const pieces = fc.array(
      fc.constantFrom(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"',
        '"a"',
        "1",
        "-",
        ".",
        "e5",
        "0",
        "true",
        "nul",
        " ",
        "\\",
        "\n",
        "\u0000",
        "\\u00",
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        let parsed = true;
        try {
          JSON.parse(text);
        } catch {
          parsed = false;
        }
        const reading = readJson(text, "any");
        // a key twice and a number beyond 64 bits are ours to refuse; nothing is ours to take
        if (!parsed) expect(reading.kind).toBe("malformed");
        else if (reading.kind === "malformed") expect(reading.reason).toMatch(/twice|too large/);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["an end too early", '{"files"', "expected ':' after the key, found the end", 1, 9],
    ["a trailing comma", '{\n  "files": [],\n}', 'expected a key in double quotes, found "}"', 3, 1],
    ["a comment", "// hi\n{}", 'expected a value, found "/"', 1, 1],
    ["something after the value", "{} {}", 'expected nothing more after the value, found "{"', 1, 4],
    ["a key that stands twice", '{"a":1,"a":2}', 'the key "a" stands twice in one object', 1, 8],
    ["the same key written with an escape", '{"a":1,"\\u0061":2}', 'the key "a" stands twice in one object', 1, 8],
    ["a hidden prototype", '{"__pro\\u0074o__":{}}', 'the key "__proto__" is not taken', 1, 2],
    ["a constructor", '{"constructor":{"prototype":{}}}', 'the key "constructor" is not taken', 1, 2],
    ["nesting of 33 levels", "[".repeat(33) + "]".repeat(33), "nested deeper than 32 levels", 1, 33],
    ["a stack's worth of nesting", '{"a":'.repeat(1_000_000), "nested deeper than 32 levels", 1, 161],
    ["an infinite number", '{"a":1e999}', "a number is too large for a 64-bit float", 1, 6],
    ["a raw control character", '{"a":"\u0001"}', "a control character stands unescaped in a text", 1, 7],
    ["half a surrogate pair", '{"a":"\\udc00"}', "a text holds half of a surrogate pair", 1, 6],
    ["a text without end", '{"a":"bc\\"', "a text is not closed", 1, 6],
    ["a leading zero", '{"a":01}', "expected ',' or '}', found \"1\"", 1, 7],
    ["NaN", "NaN", 'expected a value, found "N"', 1, 1],
    ["nothing", "", "expected a value, found the end", 1, 1],
  ])("refuses %s with its place", (_, text, reason, line, column) => {
    expect(readJson(text)).toMatchObject({ kind: "malformed", reason, line, column });
  });

  it("takes 32 levels, and keeps prototype keys as plain data where they are asked for", () => {
    expect(readJson("[".repeat(32) + "]".repeat(32)).kind).toBe("read");
    const reading = readJson('{"__proto__":{"polluted":true},"constructor":1}', "any");
    expect(reading.kind === "read" && Object.keys(reading.value as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
