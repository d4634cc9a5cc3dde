import { outcomeEvent, predictionEvent, predictRow, instant as wireInstant } from "@homeostat/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InputField } from "../domain/pipeline/pipeline.ts";
import type { RowBytes } from "./handler.ts";
import { readInstant } from "./read-instant.ts";
import { readOutcomeRows, readPredictionRows, readPredictRows } from "./read-rows.ts";

const now = Date.parse("2001-06-01T12:00:00Z");
const field = (name: string, type: InputField["type"], required = false): InputField => ({
  name,
  type,
  required,
  physicalName: name,
});
const fields = [
  field("carrier", "string", true),
  field("distance", "number"),
  field("stops", "integer"),
  field("weekend", "boolean"),
  field("departs", "timestamp"),
];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ndjson = (...lines: readonly string[]): RowBytes => ({
  mediaType: "application/x-ndjson",
  bytes: bytes(lines.join("\n")),
});
const json = (text: string): RowBytes => ({ mediaType: "application/json", bytes: bytes(text) });
const good = { id: "a", time: "2001-06-01T11:00:00Z", release: "r1", inputs: { carrier: "AA" }, probability: 0.25 };
const line = (change: object = {}): string => JSON.stringify({ ...good, ...change });
const withInputs = (inputs: object): string => line({ inputs: { carrier: "AA", ...inputs } });

function refusedFor(text: string): { path: string; expected: string; found: string } | undefined {
  const reading = readPredictionRows(ndjson(line({ id: "first" }), text), fields, now);
  if (reading.kind === "refused") throw new Error(reading.detail);
  const [first] = reading.refused;
  if (first !== undefined) expect(first.row).toBe(2);
  return first;
}

describe("reading rows", () => {
  it("takes newline-delimited rows, ignores blank lines and carriage returns, and keeps the order", () => {
    const reading = readPredictionRows(
      ndjson(line({ id: "1" }), "", `${line({ id: "2" })}\r`, "  ", line({ id: "3" }), ""),
      fields,
      now,
    );
    expect(reading.kind === "read" && reading.rows.map((row) => row.id)).toEqual(["1", "2", "3"]);
  });

  it("gives typed rows: times in milliseconds, timestamps among the inputs as UTC text", () => {
    const text = line({
      inputs: { carrier: "AA", departs: "2001-06-01T13:30:00.5+02:00", stops: 2 },
      cohort: "web",
      latencyMs: 3.5,
    });
    expect(readPredictionRows(json(`{"rows":[${text}]}`), fields, now)).toEqual({
      kind: "read",
      rows: [
        {
          id: "a",
          time: Date.parse("2001-06-01T11:00:00Z"),
          release: "r1",
          inputs: { carrier: "AA", departs: "2001-06-01T11:30:00.500Z", stops: 2 },
          probability: 0.25,
          cohort: "web",
          latencyMs: 3.5,
        },
      ],
      refused: [],
      refusedCount: 0,
    });
  });

  it("takes the good rows of a batch and names each refused one by number, path, expectation and finding", () => {
    const reading = readPredictionRows(ndjson(line(), line({ probability: 1.5 }), "{", line({ id: "z" })), fields, now);
    expect(reading).toMatchObject({ kind: "read", refusedCount: 2 });
    if (reading.kind !== "read") return;
    expect(reading.rows.map((row) => row.id)).toEqual(["a", "z"]);
    expect(reading.refused[0]).toEqual({
      row: 2,
      path: "probability",
      expected: "a number from 0 to 1",
      found: "number 1.5",
    });
    expect(reading.refused[1]).toMatchObject({ row: 3, expected: "one JSON object" });
  });

  it("names at most a hundred refused rows and counts all of them", () => {
    const reading = readPredictionRows(
      ndjson(line(), ...Array.from({ length: 250 }, () => line({ id: "" }))),
      fields,
      now,
    );
    expect(reading.kind === "read" && [reading.refused.length, reading.refusedCount]).toEqual([100, 250]);
  });

  it.each([
    ["a field the contract does not have", withInputs({ tail_number: "N1" }), "inputs.tail_number"],
    ["a missing required field", line({ inputs: { distance: 3 } }), "inputs.carrier"],
    ["null for a required field", withInputs({ carrier: null }), "inputs.carrier"],
    ["text for a number", withInputs({ distance: "900" }), "inputs.distance"],
    ["a fraction for a whole number", withInputs({ stops: 1.5 }), "inputs.stops"],
    ["a whole number beyond 2^53", withInputs({ stops: 9_007_199_254_740_992 }), "inputs.stops"],
    ["a number for a boolean", withInputs({ weekend: 1 }), "inputs.weekend"],
    ["a timestamp without a zone", withInputs({ departs: "2001-06-01T13:30:00" }), "inputs.departs"],
    ["a timestamp the engine cannot hold", withInputs({ departs: "1899-12-31T23:59:59Z" }), "inputs.departs"],
    ["a day that does not exist", line({ time: "2001-02-29T00:00:00Z" }), "time"],
    ["a nested value", withInputs({ carrier: { a: 1 } }), "inputs.carrier"],
    ["too long a text", withInputs({ carrier: "x".repeat(10_001) }), "inputs.carrier"],
    ["an empty id", line({ id: "" }), "id"],
    ["an id of 201 characters", line({ id: "i".repeat(201) }), "id"],
    ["an unknown key", line({ score: 1 }), "score"],
    ["a row that is a list", "[1]", ""],
    ["a row that is null", "null", ""],
    ["a number that overflows to infinity", line().replace("0.25", "1e999"), "probability"],
    ["an input that overflows to infinity", withInputs({ distance: 7 }).replace("7", "1e400"), "inputs.distance"],
    ["NaN, which is not JSON", line().replace("0.25", "NaN"), ""],
    ["a time six minutes ahead", line({ time: "2001-06-01T12:06:00Z" }), "time"],
    ["a key that stands twice", line().replace('"id":"a"', '"id":"a","id":"b"'), ""],
    ["an input that stands twice", line().replace('"carrier":"AA"', '"carrier":"AA","carrier":"BB"'), ""],
    ["a prototype in the row", line().replace("{", '{"__proto__":{"probability":1},'), "__proto__"],
    ["a prototype among the inputs", line().replace('"carrier"', '"__proto__":1,"carrier"'), "inputs.__proto__"],
    ["half a surrogate pair", line().replace('"a"', '"\\ud800"'), "id"],
    ["nesting that would exhaust the stack", "[".repeat(100_000), ""],
  ])("refuses %s", (_, text, path) => {
    expect(refusedFor(text)?.path).toBe(path);
  });

  it.each([
    ["a time four minutes ahead", line({ time: "2001-06-01T12:04:00Z" })],
    ["an id whose text holds colons, quotes and brackets", line({ id: 'a":{"b":["c\\' })],
    ["a whole surrogate pair in escapes", line().replace('"a"', '"\\ud83d\\ude00"')],
    ["null for an optional field", withInputs({ distance: null, stops: null })],
    ["probability zero and one as whole numbers", line({ probability: 1 })],
  ])("takes %s", (_, text) => {
    expect(refusedFor(text)).toBeUndefined();
  });

  it("refuses the whole body when nothing in it is JSON, saying where reading stopped", () => {
    expect(readPredictionRows(ndjson("id,time", "1,2"), fields, now)).toMatchObject({
      kind: "refused",
      code: "malformed-json",
      detail: 'Line 1, column 1: expected a value, found "i".',
    });
    expect(readPredictionRows(json(`{"rows":[\n${line()},\n{"id":tru}]}`), fields, now)).toMatchObject({
      code: "malformed-json",
      detail: expect.stringContaining("Line 3, column 7"),
    });
  });

  it.each([
    ["", "malformed-json"],
    ["   ", "malformed-json"],
    ["{", "malformed-json"],
    ['{"rows":', "malformed-json"],
    ['{"rows":[', "malformed-json"],
    ['{"rows":[{}', "malformed-json"],
    ['{"rows":[{},]}', "malformed-json"],
    ['{"rows":[,{}]}', "malformed-json"],
    ['{"rows":[{} {}]}', "malformed-json"],
    ['{"rows":[{"a":"]}', "malformed-json"],
    ['{"rows":[{]}]}', "malformed-json"],
    ['{"rows":[1]} x', "malformed-json"],
    ['{"rows":[1],"rows":[2]}', "malformed-json"],
    [`{"rows":[${"[".repeat(50)}${"]".repeat(50)}]}`, "malformed-json"],
    ["{rows:[]}", "malformed-json"],
    ["[1]", "malformed-body"],
    ["5", "malformed-body"],
    ["{}", "malformed-body"],
    ['{"rows":[]}', "malformed-body"],
    ['{"rows":{}}', "malformed-body"],
    ['{"rows":[1],"more":1}', "malformed-body"],
    ['{"rows":[1]}', "malformed-body"],
  ])("answers the document %j with %s", (text, code) => {
    expect(readPredictionRows(json(text), fields, now)).toMatchObject({ kind: "refused", code });
  });

  it("refuses invalid UTF-8 with the byte, and passes over a byte order mark", () => {
    const good = bytes(`${line()}\n`);
    const bad = new Uint8Array([...good, ...bytes("é".repeat(3_000)), 0xc3, 0x28]);
    const reading = readPredictionRows({ mediaType: "application/x-ndjson", bytes: bad }, fields, now);
    expect(reading).toMatchObject({
      code: "malformed-json",
      detail: `The body is not valid UTF-8: byte ${good.length + 6_002} does not belong there.`,
    });
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...good]);
    expect(readPredictionRows({ mediaType: "application/x-ndjson", bytes: marked }, fields, now).kind).toBe("read");
  });

  it("answers questions all or nothing and takes at most ten thousand", () => {
    const question = JSON.stringify({ inputs: { carrier: "AA" } });
    const rows = (count: number, extra = ""): RowBytes =>
      json(`{"rows":[${Array.from({ length: count }, () => question).join(",")}${extra}]}`);
    expect(readPredictRows(rows(3), fields, now)).toMatchObject({ kind: "read", rows: { length: 3 } });
    expect(readPredictRows(rows(3, ',{"inputs":{}}'), fields, now)).toMatchObject({
      code: "malformed-body",
      issues: [{ path: "rows[3].inputs.carrier", found: "nothing" }],
    });
    expect(readPredictRows(rows(10_001), fields, now)).toMatchObject({ code: "malformed-body" });
  });
});

const mostly = <T, U>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
const someText = mostly(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.constantFrom("", "é😀", 'x":"y', "r".repeat(100), "r".repeat(101), "i".repeat(200), "i".repeat(201)),
);
const someTime = mostly(
  fc
    .date({ min: new Date("1901-01-01T00:00:00Z"), max: new Date(now), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    "2001-02-28T23:59:59+05:30",
    "2001-06-01",
    "2001-06-01T24:00:00Z",
    "2000-02-29T00:00:00.123456789Z",
    "1900-02-29T00:00:00Z",
    "now",
  ),
);
const someScalar = fc.oneof(someText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const someInputs = mostly(
  fc.record(
    { carrier: mostly(fc.string(), someScalar), distance: mostly(fc.double(), someScalar) },
    { requiredKeys: [] },
  ),
  fc.constantFrom([], null, { carrier: [1] }, "x"),
);
const often = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> => mostly(value, someScalar);
const anyField = [field("carrier", "string"), field("distance", "number")];

describe("rows and the protocol's schemas", () => {
  const inputsFit = (inputs: Record<string, unknown>): boolean =>
    Object.entries(inputs).every(
      ([name, value]) => value === null || typeof value === (name === "carrier" ? "string" : "number"),
    );

  it("agree on every prediction event", () => {
    const event = fc.record(
      {
        id: often(someText),
        time: often(someTime),
        release: often(someText),
        inputs: often(someInputs),
        probability: often(fc.double({ min: 0, max: 1, noNaN: true })),
        cohort: often(someText),
        latencyMs: often(fc.double({ min: -1e5, max: 4e6, noNaN: true })),
        more: fc.constant(1),
      },
      { requiredKeys: ["id", "time", "release", "inputs", "probability"] },
    );
    let taken = 0;
    fc.assert(
      fc.property(event, (value) => {
        const text = JSON.stringify(value);
        const wire = predictionEvent.safeParse(JSON.parse(text));
        const expected = wire.success && inputsFit(wire.data.inputs);
        const reading = readPredictionRows(ndjson(text), anyField, now);
        if (expected) taken += 1;
        expect(reading.kind).toBe(expected ? "read" : "refused");
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(60);
  });

  it("agree on every question and every outcome", () => {
    const question = fc.record(
      { id: often(someText), time: often(someTime), inputs: often(someInputs), cohort: often(someText) },
      { requiredKeys: ["inputs"] },
    );
    const outcome = fc.record(
      { predictionId: often(someText), time: often(someTime), value: often(fc.boolean()), more: fc.constant(1) },
      { requiredKeys: ["predictionId", "time"] },
    );
    fc.assert(
      fc.property(question, outcome, (asked, known) => {
        const askedText = JSON.stringify(asked);
        const wire = predictRow.safeParse(JSON.parse(askedText));
        const expected = wire.success && inputsFit(wire.data.inputs);
        expect(readPredictRows(json(`{"rows":[${askedText}]}`), anyField, now).kind).toBe(
          expected ? "read" : "refused",
        );
        const knownText = JSON.stringify(known);
        const fits = outcomeEvent.safeParse(JSON.parse(knownText)).success;
        expect(readOutcomeRows(json(`{"rows":[${knownText}]}`), now).kind).toBe(fits ? "read" : "refused");
      }),
      { numRuns: 2_000 },
    );
  });

  it("agree on what an instant is and which one", () => {
    const digits = fc.tuple(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 0, max: 24 }),
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
    );
    const zone = fc.constantFrom("Z", "+00:00", "-23:59", "+24:00", "+1:00", "", "z", "Z ");
    const fraction = fc.constantFrom("", ".5", ".123456789", ".", ".x", ".000");
    fc.assert(
      fc.property(digits, fraction, zone, ([y, mo, d, h, mi, s], part, offset) => {
        const pad = (value: number, length = 2): string => String(value).padStart(length, "0");
        const text = `${pad(y, 4)}-${pad(mo)}-${pad(d)}T${pad(h)}:${pad(mi)}:${pad(s)}${part}${offset}`;
        expect(readInstant(text)).toBe(wireInstant.safeParse(text).success ? Date.parse(text) : undefined);
      }),
      { numRuns: 20_000 },
    );
  });
});
