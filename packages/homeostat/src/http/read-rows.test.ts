import {
  binaryPredictionEvent,
  multiclassPredictionEvent,
  outcomeEvent,
  predictionEvent,
  predictRow,
  regressionPredictionEvent,
  instant as wireInstant,
} from "@homeostat/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InputField } from "../domain/pipeline/pipeline.ts";
import type { Task } from "../domain/system/task.ts";
import type { RowBytes } from "./handler.ts";
import { readInstant } from "./read-instant.ts";
import { readOutcomeRows, readPredictionRows, readPredictRows } from "./read-rows.ts";

const now = Date.parse("2001-06-01T12:00:00Z");
const task: Task = { type: "binary-classification", threshold: 0.5 };
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
  const reading = readPredictionRows(ndjson(line({ id: "first" }), text), fields, task, now);
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
      task,
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
    expect(readPredictionRows(json(`{"rows":[${text}]}`), fields, task, now)).toEqual({
      kind: "read",
      rows: [
        {
          id: "a",
          time: Date.parse("2001-06-01T11:00:00Z"),
          release: "r1",
          inputs: { carrier: "AA", departs: "2001-06-01T11:30:00.500Z", stops: 2 },
          output: { kind: "probability", probability: 0.25 },
          cohort: "web",
          latencyMs: 3.5,
        },
      ],
      refused: [],
      refusedCount: 0,
      rejected: [],
      newestTime: Date.parse("2001-06-01T11:00:00Z"),
    });
  });

  it("keeps every digit of whole numbers of 64 bits, and makes numbers of them elsewhere", () => {
    const row = (inputs: string) => line().replace('{"carrier":"AA"}', `{"carrier":"AA",${inputs}}`);
    const readOne = (text: string) => readPredictionRows(ndjson(text), fields, task, now);
    const inputsOf = (text: string) => {
      const reading = readOne(text);
      return reading.kind === "read" ? reading.rows[0]?.inputs : reading.detail;
    };
    expect(inputsOf(row('"stops":9223372036854775807,"distance":9007199254740993'))).toMatchObject({
      stops: "9223372036854775807",
      distance: 9_007_199_254_740_992,
    });
    expect(inputsOf(row('"stops":-9223372036854775808'))).toMatchObject({ stops: "-9223372036854775808" });
    expect(inputsOf(row('"stops":9007199254740991'))).toMatchObject({ stops: 9_007_199_254_740_991 });
    expect(inputsOf(row('"distance":0.1234567890123456'))).toMatchObject({ distance: 0.1234567890123456 });
    expect(inputsOf(`${row('"stops":3')} `.replace('"AA"', '"a 12345678901234567890 \\" 1"'))).toMatchObject({
      stops: 3,
    });
    for (const wrong of [
      "9223372036854775808",
      "-9223372036854775809",
      '"9223372036854775807"',
      '"\ufdd09223372036854775807"',
      "9007199254740993.0",
      "1e19",
    ])
      expect(inputsOf(row(`"stops":${wrong}`)), wrong).toMatch(/stops/);
    expect(inputsOf(row('"carrier":90071992547409931'))).toMatch(/twice|carrier/);
    expect(inputsOf(line().replace("0.25", "90071992547409931"))).toMatch(/number 90071992547409/);
  });

  it("takes the good rows of a batch and names each refused one by number, path, expectation and finding", () => {
    const reading = readPredictionRows(
      ndjson(line(), line({ probability: 1.5 }), "{", line({ id: "z" })),
      fields,
      task,
      now,
    );
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
    expect(reading.rejected).toMatchObject([
      { reason: "shape", path: "probability", text: line({ probability: 1.5 }) },
      { reason: "not-json", path: "", text: "{" },
    ]);
  });

  it("keeps a prediction without a required input, which the gateway cannot answer", () => {
    for (const inputs of [{ distance: 3 }, { carrier: null }]) {
      expect(refusedFor(line({ inputs }))).toBeUndefined();
      expect(readPredictRows(json(JSON.stringify({ rows: [{ inputs }] })), fields, now)).toMatchObject({
        kind: "refused",
        issues: [{ path: "rows[0].inputs.carrier" }],
      });
    }
  });

  it("names at most a hundred refused rows and counts all of them", () => {
    const reading = readPredictionRows(
      ndjson(line(), ...Array.from({ length: 250 }, () => line({ id: "" }))),
      fields,
      task,
      now,
    );
    expect(reading.kind === "read" && [reading.refused.length, reading.refusedCount]).toEqual([100, 250]);
  });

  it.each([
    ["a field the contract does not have", withInputs({ tail_number: "N1" }), "inputs.tail_number"],
    ["text for a number", withInputs({ distance: "900" }), "inputs.distance"],
    ["a fraction for a whole number", withInputs({ stops: 1.5 }), "inputs.stops"],
    ["a whole number beyond 2^63", withInputs({ stops: 2 ** 63 }), "inputs.stops"],
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
    expect(readPredictionRows(ndjson("id,time", "1,2"), fields, task, now)).toMatchObject({
      kind: "refused",
      code: "malformed-json",
      detail: 'Line 1, column 1: expected a value, found "i".',
    });
    expect(readPredictionRows(json(`{"rows":[\n${line()},\n{"id":tru}]}`), fields, task, now)).toMatchObject({
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
    expect(readPredictionRows(json(text), fields, task, now)).toMatchObject({ kind: "refused", code });
  });

  it("refuses invalid UTF-8 with the byte, and passes over a byte order mark", () => {
    const good = bytes(`${line()}\n`);
    const bad = new Uint8Array([...good, ...bytes("é".repeat(3_000)), 0xc3, 0x28]);
    const reading = readPredictionRows({ mediaType: "application/x-ndjson", bytes: bad }, fields, task, now);
    expect(reading).toMatchObject({
      code: "malformed-json",
      detail: `The body is not valid UTF-8: byte ${good.length + 6_002} does not belong there.`,
    });
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...good]);
    expect(readPredictionRows({ mediaType: "application/x-ndjson", bytes: marked }, fields, task, now).kind).toBe(
      "read",
    );
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
const stateValue = fc.oneof(fc.string({ maxLength: 9 }), fc.integer(), fc.boolean());
const goodState = fc.dictionary(fc.constantFrom("arm", "a.b"), stateValue, { noNullPrototype: true });
const oddState = fc.constantFrom<unknown>(
  { "1x": "a" },
  { arm: null },
  { arm: "x".repeat(201) },
  { arm: {} },
  [],
  "arm",
);
const oddAges = fc.constantFrom<unknown>({ Bad: 1 }, { carrier: -1 }, { carrier: 4e9 }, { carrier: "1" }, 1);
const often = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> => mostly(value, someScalar);
const anyField = [field("carrier", "string"), field("distance", "number")];

describe("rows and the protocol's schemas", () => {
  const inputsFit = (inputs: Record<string, unknown>): boolean =>
    Object.entries(inputs).every(
      ([name, value]) => value === null || typeof value === (name === "carrier" ? "string" : "number"),
    );

  const tasks = [
    { task, schema: binaryPredictionEvent },
    { task: { type: "regression", unit: "rentals" }, schema: regressionPredictionEvent },
    { task: { type: "multiclass-classification", classes: "open" }, schema: multiclassPredictionEvent },
  ] as const;
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it("agree on every prediction event of every task", () => {
    const outputs = {
      probability: often(share),
      value: often(fc.double()),
      class: often(someText),
      confidence: often(share),
      probabilities: often(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), often(share), { maxKeys: 3 })),
    };
    const event = fc.constantFrom(...tasks).chain((asked) =>
      fc.record({
        asked: fc.constant(asked),
        value: fc.record(
          {
            id: often(someText),
            time: often(someTime),
            release: often(someText),
            inputs: often(someInputs),
            cohort: often(someText),
            latencyMs: often(fc.double({ min: -1e5, max: 4e6, noNaN: true })),
            more: fc.constant(1),
            state: mostly(goodState, oddState),
            costUsd: mostly(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom<unknown>(-1, 2e6, "1", null)),
            featureAges: mostly(fc.constantFrom({}, { carrier: 0 }, { carrier: 3_155_760_000 }), oddAges),
            environment: mostly(fc.constantFrom("staging"), fc.constantFrom<unknown>("", 1, "x".repeat(101))),
            ...outputs,
            ...(asked.task.type === "multiclass-classification" ? { probability: fc.constant(undefined) } : {}),
          },
          {
            requiredKeys: [
              "id",
              "time",
              "release",
              "inputs",
              asked.task.type === "regression"
                ? "value"
                : asked.task.type === "binary-classification"
                  ? "probability"
                  : "class",
            ],
          },
        ),
        others: fc.integer({ min: 0, max: 9 }),
      }),
    );
    const taken = new Map<string, number>();
    fc.assert(
      fc.property(event, ({ asked, value, others }) => {
        // Mostly without the keys of other tasks, or nothing would be taken.
        const own = Object.keys(asked.schema.shape);
        const kept = Object.entries(value).filter(([key]) => others === 0 || own.includes(key) || key === "more");
        const text = JSON.stringify(Object.fromEntries(kept));
        const wire = asked.schema.safeParse(JSON.parse(text));
        const expected = wire.success && inputsFit(wire.data.inputs);
        if (wire.success) expect(predictionEvent.safeParse(JSON.parse(text)).success).toBe(true);
        const reading = readPredictionRows(ndjson(text), anyField, asked.task, now);
        if (expected) taken.set(asked.task.type, (taken.get(asked.task.type) ?? 0) + 1);
        expect(reading.kind).toBe(expected ? "read" : "refused");
      }),
      { numRuns: 6_000 },
    );
    for (const asked of tasks) expect(taken.get(asked.task.type), asked.task.type).toBeGreaterThan(30);
  });

  it("agree on every question", () => {
    const question = fc.record(
      { id: often(someText), time: often(someTime), inputs: often(someInputs), cohort: often(someText) },
      { requiredKeys: ["inputs"] },
    );
    fc.assert(
      fc.property(question, (asked) => {
        const askedText = JSON.stringify(asked);
        const wire = predictRow.safeParse(JSON.parse(askedText));
        const expected = wire.success && inputsFit(wire.data.inputs);
        expect(readPredictRows(json(`{"rows":[${askedText}]}`), anyField, now).kind).toBe(
          expected ? "read" : "refused",
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it("agree on every outcome of every kind, but for the type of a label, which the task decides", () => {
    const outcome = fc.record(
      {
        predictionId: often(someText),
        time: often(someTime),
        kind: often(fc.constantFrom("label", "business", "feedback")),
        name: often(someText),
        unit: often(fc.constantFrom("EUR", "u".repeat(51))),
        value: fc.oneof(fc.boolean(), fc.double(), someText, fc.constant(null)),
        more: fc.constant(1),
      },
      { requiredKeys: ["predictionId", "time"] },
    );
    const types = { "binary-classification": "boolean", regression: "number", "multiclass-classification": "string" };
    const taken = new Map<string, number>();
    fc.assert(
      fc.property(fc.constantFrom(...tasks), outcome, fc.integer({ min: 0, max: 4 }), (asked, known, spare) => {
        // Mostly without the keys of other kinds, or few would be taken.
        const { more: _, name, unit, ...rest } = known;
        const isNamed = rest.kind === "business" || rest.kind === "feedback";
        const plain = { ...rest, ...(isNamed ? { name } : {}), ...(rest.kind === "business" ? { unit } : {}) };
        const text = JSON.stringify(spare === 0 ? known : plain);
        const wire = outcomeEvent.safeParse(JSON.parse(text));
        const isLabel = (rest.kind ?? "label") === "label";
        const fits = wire.success && (!isLabel || typeof wire.data.value === types[asked.task.type]);
        const kind = isLabel ? asked.task.type : String(rest.kind);
        if (fits) taken.set(kind, (taken.get(kind) ?? 0) + 1);
        expect(readOutcomeRows(json(`{"rows":[${text}]}`), asked.task, now).kind).toBe(fits ? "read" : "refused");
      }),
      { numRuns: 8_000 },
    );
    for (const kind of [...Object.keys(types), "business", "feedback"])
      expect(taken.get(kind), kind).toBeGreaterThan(10);
  });

  it("of declared classes refuse any other, in a prediction as in a label", () => {
    const declared: Task = { type: "multiclass-classification", classes: ["cat", "dog"] };
    const said = (change: object): string => {
      const { probability: _, ...rest } = good;
      return JSON.stringify({ ...rest, class: "cat", ...change });
    };
    const pathOf = (text: string): string | undefined => {
      const reading = readPredictionRows(ndjson(said({}), text), fields, declared, now);
      return reading.kind === "read" ? reading.refused[0]?.path : "nothing was taken";
    };
    expect(pathOf(said({ probabilities: { cat: 0.5, dog: 0.5 } }))).toBeUndefined();
    expect(pathOf(said({ class: "cow" }))).toBe("class");
    expect(pathOf(said({ probabilities: { cow: 1 } }))).toBe("probabilities.cow");
    const label = (value: string): string => JSON.stringify({ predictionId: "a", time: good.time, value });
    expect(readOutcomeRows(ndjson(label("dog"), label("cow")), declared, now)).toMatchObject({
      rows: [{ value: "dog" }],
      refused: [{ row: 2, path: "value", expected: expect.stringContaining("cat, dog") }],
    });
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
