import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lintContract } from "@homeostat/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Contract } from "../../domain/contract/contract.ts";
import type { RuleResult } from "../../domain/contract/judge-rules.ts";
import { readContract } from "../../domain/contract/read-contract.ts";
import { checkFiles } from "./check-files.ts";
import { inferFromFiles } from "./infer-files.ts";
import { openPart, type PrivateEngine, startPrivateEngine } from "./open-data.ts";

let engine: PrivateEngine;
let directory: string;
const now = Date.parse("2026-05-01T12:00:00Z");

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeostat-source-"));
  engine = await startPrivateEngine([join(directory, ".")]);
});
afterAll(async () => {
  await engine?.close();
  await rm(directory, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

async function contractOf(properties: string, rest = ""): Promise<Contract> {
  const text = `apiVersion: v3.1.0\nkind: DataContract\nid: quay\nversion: 1.0.0\nstatus: active\n${rest}schema:\n  - name: ships\n${properties}`;
  const read = lintContract("c.yaml", text);
  if ("issues" in read) throw new Error(JSON.stringify(read.issues));
  const [table] = read.value.contract.schema ?? [];
  if (table === undefined) throw new Error("no object");
  return readContract(read.value.contract, table, engine.checker);
}

async function resultsOf(path: string, contract: Contract): Promise<ReadonlyMap<string, RuleResult>> {
  const { results } = await checkFiles(engine, contract, [await openPart(engine, path)], now);
  return new Map(results.map((result) => [result.rule, result]));
}

const property = (text: string): string => `    properties:\n      - ${text}\n`;

describe("a file held to a contract", () => {
  it("is read right whatever its columns are called", async () => {
    const path = await file(
      "names.csv",
      "n,v0,v1,b0,r0,c0,total,own_v0,value,it's `x`\n7,1,2,3,4,5,6,7,8,9\n7,1,2,3,4,5,6,7,8,\n",
    );
    const names = ["n", "v0", "v1", "b0", "r0", "c0", "total", "own_v0", "value"];
    const properties = names
      .map(
        (name) =>
          `      - { name: ${name}, logicalType: integer, quality: [{ type: sql, query: ${name}, mustBe: 0 }] }\n`,
      )
      .join("");
    const odd = '      - { name: "it\'s `x`", logicalType: integer, required: true }\n';
    const results = await resultsOf(path, await contractOf(`    properties:\n${properties}${odd}`));
    expect(names.map((name) => results.get(`${name}.sql`)?.values)).toEqual(
      [7, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => [{ value: String(value), count: 2 }]),
    );
    expect(results.get("it's `x`.required")).toMatchObject({ state: "failed", counted: 1, examples: ["row 2"] });
    const inferred = await inferFromFiles(engine, [await openPart(engine, path)], "names", () => undefined);
    expect(inferred.schema[0]?.properties.map((one) => [one.name, one.logicalTypeOptions?.minimum])).toEqual(
      [...names, "it_s_x"].map((name, index) => [name, [7, 1, 2, 3, 4, 5, 6, 7, 8, 9][index]]),
    );
  });

  it("may have more rules than one statement holds", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `f${index}`);
    const options = "required: true, unique: true, logicalTypeOptions: { minimum: 0, maximum: 5 }";
    const properties = names.map((name) => `      - { name: ${name}, logicalType: number, ${options} }\n`).join("");
    const rows = [names, names.map(() => 1), names.map(() => 2)].map((row) => row.join(",")).join("\n");
    const results = await resultsOf(await file("wide.csv", rows), await contractOf(`    properties:\n${properties}`));
    expect(results.size).toBe(800);
    expect(new Set([...results.values()].map((result) => result.state))).toEqual(new Set(["passed"]));
  });

  it("takes NaN for outside of every range and for no multiple", async () => {
    const options = "logicalTypeOptions: { minimum: 0, maximum: 9, multipleOf: 2 }";
    const contract = await contractOf(property(`{ name: a, logicalType: number, ${options} }`));
    const results = await resultsOf(await file("nan.csv", "a,b\n2,1\nnan,2\n,3\n"), contract);
    expect(results.get("a.range")).toMatchObject({ state: "failed", counted: 1, values: [{ value: "nan", count: 1 }] });
    expect(results.get("a.multiple")).toMatchObject({ state: "failed", counted: 1 });
  });

  it("lets words in the list of a number stand for no number", async () => {
    const list = "quality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [1, many, 2.5] } }]";
    const contract = await contractOf(property(`{ name: a, logicalType: number, ${list} }`));
    expect(contract.rules.find((rule) => rule.id === "a.invalidValues")?.words).toContain('none of "1", "many", "2.5"');
    const results = await resultsOf(await file("list.csv", "a,b\n1,1\n2.5,2\nnan,3\n"), contract);
    expect(results.get("a.invalidValues")).toMatchObject({ counted: 1, values: [{ value: "nan", count: 1 }] });
  });

  it.each([
    ["date", "{ format: dd.MM.yyyy, minimum: 01.02.2020 }", "do not stand in the order of time"],
    ["timestamp", "{ minimum: soon }", "its bound soon is no instant"],
    ["timestamp", "{ maximum: 5 }", "its bound 5 is no text of a timestamp"],
    ["number", "{ minimum: many }", "its bound many is no number"],
  ])("has ranges of a %s that cannot be compared, %s, among what is not checked", async (type, options, reason) => {
    // The lint refuses some of them before; the reading of rules relies on nothing.
    const contract = await readContract(
      { apiVersion: "v3.1.0", id: "quay", version: "1", status: "active" },
      {
        name: "ships",
        properties: [{ name: "a", logicalType: type, logicalTypeOptions: parse(options) as object as never }],
      },
      engine.checker,
    );
    expect(contract.rules.some((rule) => rule.id === "a.range")).toBe(false);
    expect(contract.unchecked.join()).toContain(reason);
  });

  it.each([
    [
      "a missing value of a required field",
      "{ name: a, logicalType: string, required: true }",
      "a,b\nx,1\n,2\n",
      "a.required",
      1,
    ],
    ["text where a number is promised", "{ name: a, logicalType: number }", "a,b\n1.5,1\nmany,2\n", "a.type", 1],
    [
      "a fraction where a whole number is promised",
      "{ name: a, logicalType: integer }",
      "a,b\n3,1\n3.5,2\n",
      "a.type",
      1,
    ],
    [
      "a word where true or false is promised",
      "{ name: a, logicalType: boolean }",
      "a,b\ntrue,1\nperhaps,2\n",
      "a.type",
      1,
    ],
    ["no instant", "{ name: a, logicalType: timestamp }", "a,b\n2026-01-02 03:04:05,1\nsoon,2\n", "a.type", 1],
    ["a day in another form", "{ name: a, logicalType: date }", "a,b\n2026-01-02,1\n02.01.2026,2\n", "a.form", 1],
    [
      "a day in a form that is declared",
      "{ name: a, logicalType: date, logicalTypeOptions: { format: dd.MM.yyyy } }",
      "a,b\n2026-01-02,1\n02.01.2026,2\n",
      "a.format",
      1,
    ],
    ["no time of day", "{ name: a, logicalType: time }", "a,b\n13:05:00,1\n25:00,2\n", "a.form", 1],
    [
      "numbers outside their range",
      "{ name: a, logicalType: number, logicalTypeOptions: { minimum: 0, exclusiveMaximum: 10 } }",
      "a,b\n0,1\n10,2\n-1,3\n",
      "a.range",
      2,
    ],
    [
      "an instant outside its range",
      "{ name: a, logicalType: timestamp, logicalTypeOptions: { minimum: '2026-01-01T00:00:00Z' } }",
      "a,b\n2025-12-31 23:59:59,1\n2026-01-01 00:00:00,2\n",
      "a.range",
      1,
    ],
    [
      "text that is too long or too short",
      "{ name: a, logicalType: string, logicalTypeOptions: { minLength: 2, maxLength: 3 } }",
      "a,b\nx,1\nxyz,2\näöüß,3\n",
      "a.length",
      2,
    ],
    [
      "text that does not match",
      "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^[A-Z]{3}$' } }",
      "a,b\nABC,1\nAbC,2\n",
      "a.pattern",
      1,
    ],
    [
      "text of another format",
      "{ name: a, logicalType: string, logicalTypeOptions: { format: ipv4 } }",
      "a,b\n10.0.0.1,1\n10.0.0.300,2\n",
      "a.format",
      1,
    ],
    [
      "a number that is no multiple",
      "{ name: a, logicalType: number, logicalTypeOptions: { multipleOf: 0.25 } }",
      "a,b\n0.75,1\n0.8,2\n",
      "a.multiple",
      1,
    ],
    [
      "a number that does not fit",
      "{ name: a, logicalType: integer, logicalTypeOptions: { format: u8 } }",
      "a,b\n255,1\n256,2\n",
      "a.format",
      1,
    ],
    [
      "a value that stands twice",
      "{ name: a, logicalType: string, unique: true }",
      "a,b\nx,1\ny,2\nx,3\n,4\n,5\n",
      "a.unique",
      1,
    ],
    [
      "a value outside a list",
      "{ name: a, logicalType: string, quality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [x, y] } }] }",
      "a,b\nx,1\nz,2\nz,3\n",
      "a.invalidValues",
      2,
    ],
    [
      "a number outside a list",
      "{ name: a, logicalType: integer, quality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [1, 2] } }] }",
      "a,b\n1,1\n3,2\n",
      "a.invalidValues",
      1,
    ],
    [
      "a value against a metric's pattern",
      "{ name: a, logicalType: string, quality: [{ metric: invalidValues, mustBe: 0, arguments: { pattern: '^x' } }] }",
      "a,b\nxa,1\nya,2\n",
      "a.invalidValues",
      1,
    ],
    [
      "values that stand for missing ones",
      "{ name: a, logicalType: string, quality: [{ metric: missingValues, mustBe: 0, arguments: { missingValues: [null, n/a] } }] }",
      "a,b\nn/a,1\n,2\nx,3\n",
      "a.missingValues",
      2,
    ],
    [
      "duplicates by the metric",
      "{ name: a, logicalType: string, quality: [{ metric: duplicateValues, mustBeLessThan: 2 }] }",
      "a,b\nx,1\nx,2\nx,3\n",
      "a.duplicateValues",
      2,
    ],
    [
      "an expression that must hold",
      "{ name: a, logicalType: number, quality: [{ type: sql, query: a * 2, mustBeLessThan: 10 }] }",
      "a,b\n4,1\n6,2\n",
      "a.sql",
      1,
    ],
    [
      "a count with a condition",
      "{ name: a, logicalType: number, quality: [{ type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE {property} > 5', mustBe: 0 }] }",
      "a,b\n4,1\n6,2\n",
      "a.sql",
      1,
    ],
  ])("breaks with %s, counted and shown", async (name, field, text, rule, count) => {
    const path = await file(`${name.replaceAll(/\W/g, "-")}.csv`, text);
    const result = (await resultsOf(path, await contractOf(property(field)))).get(rule);
    expect(result).toMatchObject({ state: "failed", counted: count });
    expect(result?.values.reduce((sum, value) => sum + value.count, 0)).toBeGreaterThanOrEqual(count);
  });

  it.each([
    ["mustBe: 2", true],
    ["mustBe: 1", false],
    ["mustNotBe: 2", false],
    ["mustBeGreaterThan: 1", true],
    ["mustBeGreaterOrEqualTo: 3", false],
    ["mustBeLessThan: 2", false],
    ["mustBeLessOrEqualTo: 2", true],
    ["mustBeBetween: [2, 4]", false],
    ["mustBeBetween: [1, 3]", true],
    ["mustNotBeBetween: [1, 3]", false],
    ["mustBe: 50, unit: percent", true],
    ["mustBeLessThan: 50, unit: percent", false],
  ])("holds two missing values of four to %s", async (operator, holds) => {
    const path = await file("half.csv", "a,b\nx,1\n,2\n,3\ny,4\n");
    const contract = await contractOf(
      property(`{ name: a, logicalType: string, quality: [{ metric: nullValues, ${operator} }] }`),
    );
    expect((await resultsOf(path, contract)).get("a.nullValues")?.state).toBe(holds ? "passed" : "failed");
  });

  it("is measured as a whole: rows, keys, age and completeness", async () => {
    const path = await file("whole.csv", "ship,day,at\nA,1,2026-05-01 11:00:00\nA,2,2026-05-01 10:00:00\nA,1,\n");
    const contract = await contractOf(
      `    quality:\n      - { metric: rowCount, mustBeBetween: [3, 9] }\n      - { metric: duplicateValues, mustBe: 0, arguments: { properties: [ship, day] } }\n    properties:\n      - { name: ship, logicalType: string, primaryKey: true }\n      - { name: day, logicalType: integer, primaryKey: true }\n      - { name: at, logicalType: timestamp }\n`,
      "slaProperties:\n  - { property: freshness, value: 30, unit: m, element: ships.at }\n  - { property: completeness, value: 60, element: at }\n  - { property: latency, value: 1, unit: d, element: at }\n  - { property: availability, value: 99 }\n",
    );
    const results = await resultsOf(path, contract);
    expect(results.get("rowCount-1")).toMatchObject({ state: "failed", counted: 3 });
    expect(results.get("duplicateValues-2")).toMatchObject({
      state: "failed",
      counted: 1,
      values: [{ value: "A, 1", count: 2 }],
    });
    expect(results.get("primary-key")).toMatchObject({ state: "failed", counted: 1 });
    expect(results.get("sla-freshness-1")).toMatchObject({ state: "failed", counted: 3_600_000 });
    expect(results.get("sla-completeness-2")?.state).toBe("passed");
    expect(results.get("sla-latency-3")).toMatchObject({
      state: "not-checked",
      reason: "the data do not say when their rows were received",
    });
    expect(contract.unchecked).toEqual(["SLA availability: nothing here measures it"]);
  });

  it("names a column that is not there, and columns that nobody promised", async () => {
    const path = await file("other.csv", "b,c\n1,2\n");
    const contract = await contractOf(property("{ name: a, logicalType: string, required: true }"));
    const checked = await checkFiles(engine, contract, [await openPart(engine, path)], now);
    expect(checked.results.find((result) => result.rule === "a.present")).toMatchObject({ state: "failed" });
    expect(checked.results.find((result) => result.rule === "a.required")).toMatchObject({
      state: "failed",
      counted: 1,
    });
    expect(checked.strange).toEqual(["b", "c"]);
  });

  it("grades a plain rule by the share that breaks it: above 1 % is critical", async () => {
    const rows = (bad: number): string =>
      `a\n${Array.from({ length: 200 }, (_, n) => (n < bad ? "x" : "1")).join("\n")}\n`;
    const contract = await contractOf(property("{ name: a, logicalType: integer }"));
    const grade = async (bad: number) =>
      (await resultsOf(await file(`bad-${bad}.csv`, rows(bad)), contract)).get("a.type")?.grade;
    expect([await grade(0), await grade(2), await grade(3)]).toEqual(["none", "warning", "critical"]);
  });

  it("says that nothing was checked where there are no rows, and never that it passed", async () => {
    const path = await file("empty.csv", "a,b\n");
    const contract = await contractOf(property("{ name: a, logicalType: string, required: true }"));
    expect([...(await resultsOf(path, contract)).values()].map((result) => result.state)).toEqual([
      "not-checked",
      "not-checked",
    ]);
  });

  it("leaves to people what the engine cannot run, and says so", async () => {
    const contract = await contractOf(
      property(
        "{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^(?!x)' }, quality: [{ type: sql, query: 'SELECT max(a) FROM ships', mustBe: 1 }, { type: sql, query: file('/etc/passwd'), mustBe: 1 }, { type: text, description: nice }] }",
      ),
    );
    expect(contract.rules.map((rule) => rule.id)).toEqual(["a.type"]);
    expect(contract.unchecked).toHaveLength(4);
  });
});

describe("a contract inferred from data", () => {
  it("is valid, is kept by its own data, and is broken by what the data never held", async () => {
    const rows = Array.from(
      { length: 40 },
      (_, n) => `${n % 2 === 0 ? "red" : "blue"},${n},${n / 8},2026-01-0${1 + (n % 9)} 10:00:00,,${n === 3 ? "" : "x"}`,
    );
    const path = await file("seen.csv", `Colour,pieces,Unit Price,at,never,sometimes\n${rows.join("\n")}\n`);
    const inferred = await inferFromFiles(engine, [await openPart(engine, path)], "seen", () => undefined);
    const [object] = inferred.schema;
    expect(object?.properties.map(({ name, logicalType, required }) => [name, logicalType, required === true])).toEqual(
      [
        ["colour", "string", true],
        ["pieces", "integer", true],
        ["unit_price", "number", true],
        ["at", "timestamp", true],
        ["never", "string", false],
        ["sometimes", "string", false],
      ],
    );
    const read = lintContract("c.yaml", JSON.stringify(inferred));
    if ("issues" in read) throw new Error(JSON.stringify(read.issues));
    const [table] = read.value.contract.schema ?? [];
    if (table === undefined) throw new Error("no object");
    const contract = await readContract(read.value.contract, table, engine.checker);
    expect([...(await resultsOf(path, contract)).values()].filter((result) => result.state !== "passed")).toEqual([]);
    const news = await file(
      "news.csv",
      "Colour,pieces,Unit Price,at,never,sometimes\ngreen,99,1,2026-01-01 10:00:00,now,x\n",
    );
    const broken = [...(await resultsOf(news, contract)).values()].filter((result) => result.state === "failed");
    expect(broken.map((result) => [result.rule, result.values[0]?.value])).toEqual([
      ["colour.invalidValues", "green"],
      ["pieces.range", "99"],
      ["never.nullValues", "now"],
    ]);
  });
});
