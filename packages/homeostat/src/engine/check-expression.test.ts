import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExpressionColumn } from "../domain/engine/expression.ts";
import { createExpressionChecker, type EngineExpressionChecker } from "./check-expression.ts";
import { createEngineHttp, type EngineHttp } from "./engine-http.ts";
import { sqlName, sqlString } from "./quote-sql.ts";
import { type SupervisedEngine, startEngine } from "./supervise-engine.ts";

const columns: readonly ExpressionColumn[] = [
  { name: "a", type: "Nullable(Int64)" },
  { name: "b", type: "Nullable(String)" },
  { name: "c", type: "Nullable(Float64)" },
  { name: "t", type: "Nullable(DateTime64(3, 'UTC'))" },
  { name: "flag", type: "Nullable(Bool)" },
  { name: "we'ird `n", type: "Nullable(Float64)" },
  { name: "format", type: "Nullable(String)" },
];

let engine: SupervisedEngine;
let checker: EngineExpressionChecker;
let services: EngineHttp;

beforeAll(async () => {
  engine = await startEngine({ memoryLimitBytes: 1_000_000_000 });
  checker = createExpressionChecker(engine.expressions);
  services = createEngineHttp(engine.address);
});

afterAll(async () => {
  await Promise.all([checker.close(), services.close()]);
  await engine.stop(5_000);
});

const source = sqlString(columns.map((column) => `${sqlName(column.name)} ${column.type}`).join(", "));

describe("createExpressionChecker", () => {
  it.each([
    ["a+1", "a + 1", "Nullable(Int64)", ["a"]],
    ["a + 1 * (c-2)", "a + (1 * (c - 2))", "Nullable(Float64)", ["a", "c"]],
    ["`we'ird \\`n` * 2", "`we'ird \\`n` * 2", "Nullable(Float64)", ["we'ird `n"]],
    ["if(a > 1, 'x', 'y')", "if(a > 1, 'x', 'y')", "String", ["a"]],
    ["case when a>1 then 'p' else b end", "multiIf(a > 1, 'p', b)", "Nullable(String)", ["a", "b"]],
    ["b in ('x','y')", "b IN ('x', 'y')", "Nullable(UInt8)", ["b"]],
    ["toHour(t)", "toHour(t)", "Nullable(UInt8)", ["t"]],
    ["c::Nullable(Float32)", "CAST(c, 'Nullable(Float32)')", "Nullable(Float32)", ["c"]],
    ["not flag", "NOT flag", "Nullable(Bool)", ["flag"]],
    ["length(arrayMap(x -> x + 1, [a, 2]))", "length(arrayMap(x -> (x + 1), [a, 2]))", "UInt64", ["a"]],
    ["lower(format)", "lower(format)", "Nullable(String)", ["format"]],
    ["extract(year from t)", "toYear(t)", "Nullable(UInt16)", ["t"]],
    ["b || ';--/*'", "concat(b, ';--/*')", "Nullable(String)", ["b"]],
    ["true", "true", "Bool", []],
  ])("takes %s as %s", async (text, expression, resultType, columnsUsed) => {
    const verdict = await checker.check(text, columns);
    expect(verdict).toEqual({ kind: "scalar", expression, resultType, columnsUsed });
    expect(await checker.check(expression, columns)).toEqual(verdict);
  });

  it.each([
    ["", "not-an-expression"],
    ["   \n", "not-an-expression"],
    ["a +", "not-an-expression"],
    ["select 1", "subquery"],
    ["(select 1)", "subquery"],
    ["a in (select 1)", "subquery"],
    ["a = any(select 1)", "subquery"],
    ["exists(select 1)", "subquery"],
    ["a and (select count() from system.tables) > 0", "subquery"],
    ["(with 1 as q select q)", "subquery"],
    ["if((select 1), 1, 2)", "subquery"],
    ["a; drop table x", "several-statements"],
    ["a;", "several-statements"],
    ["a, b", "not-an-expression"],
    ["a) , (b", "not-an-expression"],
    ["a) from system.one --", "not-an-expression"],
    ["a) format JSON; select (1", "not-an-expression"],
    ["1] [1", "not-an-expression"],
    ["(a]", "not-an-expression"],
    ["((a)", "not-an-expression"],
    ["a -- x", "not-an-expression"],
    ["a # x", "not-an-expression"],
    ["a // x", "not-an-expression"],
    ["a /* x */", "not-an-expression"],
    ["a /* ) from t -- */", "not-an-expression"],
    ["1 as z", "not-an-expression"],
    ["(a as z) + 1", "not-an-expression"],
    ["(a z) + 1", "not-an-expression"],
    ["'open", "not-an-expression"],
    ["`open", "not-an-expression"],
    ['"open', "not-an-expression"],
    ["/* open", "not-an-expression"],
    ["$$x", "not-an-expression"],
    ["x'41\\'", "not-an-expression"],
    ["‘open", "not-an-expression"],
    ["a\0", "not-an-expression"],
    ["{x:String}", "not-an-expression"],
    ["{x:Identifier}", "not-an-expression"],
    ["*", "not-an-expression"],
    ["t.*", "not-an-expression"],
    ["* except a", "not-an-expression"],
    ["columns('.*')", "not-an-expression"],
    ["distinct a", "not-an-expression"],
    ["a order by b", "not-an-expression"],
    ["a from system.users", "not-an-expression"],
    ["a union all select 1", "not-an-expression"],
    ["a limit 1", "not-an-expression"],
    ["a in t", "not-an-expression"],
    ["arrayMap(a -> a, [1])", "not-an-expression"],
    [`${"(".repeat(3_000)}a${")".repeat(3_000)}`, "not-an-expression"],
    ["a".repeat(10_000), "not-an-expression"],
    ["a SETTINGS max_threads=1", "settings"],
    ["a FORMAT JSON", "settings"],
    ["a INTO OUTFILE '/tmp/x'", "settings"],
    ["sum(a)", "aggregate"],
    ["SUM(a)", "aggregate"],
    ["sumIf(a, 1)", "aggregate"],
    ["quantileOrNullIf(0.5)(a, 1)", "aggregate"],
    ["sum(a) over ()", "aggregate"],
    ["row_number() over (order by a)", "aggregate"],
    ["lagInFrame(a) over ()", "aggregate"],
    ["count()", "aggregate"],
    ["rand()", "not-deterministic"],
    ["RAND()", "not-deterministic"],
    ["now()", "not-deterministic"],
    ["today() - 1", "not-deterministic"],
    ["generateUUIDv4()", "not-deterministic"],
    ["fuzzBits(b, 0.1)", "not-deterministic"],
    ["arrayShuffle([1, 2])[1]", "not-deterministic"],
    ["arrayJoin([1, 2])", "forbidden-function"],
    ["file('/etc/passwd')", "forbidden-function"],
    ["`file`('/etc/passwd')", "forbidden-function"],
    ["dictGet('d', 'a', 1)", "forbidden-function"],
    ["joinGet('t', 'a', 1)", "forbidden-function"],
    ["sleep(3)", "forbidden-function"],
    ["sleepEachRow(3)", "forbidden-function"],
    ["getSetting('max_threads')", "forbidden-function"],
    ["hostName()", "forbidden-function"],
    ["currentUser()", "forbidden-function"],
    ["currentDatabase()", "forbidden-function"],
    ["version()", "forbidden-function"],
    ["throwIf(1)", "forbidden-function"],
    ["catboostEvaluate('x', a)", "forbidden-function"],
    ["range(1000000000)[1]", "forbidden-function"],
    ["repeat('x', 1000000000)", "forbidden-function"],
    ["timezone()", "forbidden-function"],
    ["neighbor(a, 1)", "forbidden-function"],
    ["rowNumberInBlock()", "forbidden-function"],
    ["materialize(a)", "forbidden-function"],
    ["aiGenerate('x')", "forbidden-function"],
    ["__applyFilter(a, b)", "forbidden-function"],
    ["url('http://127.0.0.1')", "table-function"],
    ["s3('x')", "table-function"],
    ["remote('127.0.0.1')", "table-function"],
    ["`fil\\x65`('/etc/passwd')", "not-an-expression"],
    ["nope(a)", "unknown-function"],
    ["tofloat64(a)", "unknown-function"],
    ["untuple((a, b))", "unknown-function"],
    ["zzz", "unknown-column"],
    ["A", "unknown-column"],
    ["system.one", "unknown-column"],
    ["a in system.tables", "not-an-expression"],
    ["arrayMap(x -> y, [1])[1]", "unknown-column"],
    ["b + 1", "wrong-type"],
    ["(a, c)", "wrong-type"],
    ["[a]", "wrong-type"],
    ["map('a', 1)", "wrong-type"],
    ["if(a > 1, 1, 'x')", "wrong-type"],
    ["null", "wrong-type"],
    ["toDateTime('x')", "wrong-type"],
    ["length(b, b)", "wrong-type"],
  ])("refuses %j as %s", async (text, reason) => {
    const verdict = await checker.check(text, columns);
    expect(verdict).toMatchObject({ kind: "refused", reason });
    expect(
      verdict.kind === "refused" && verdict.message.length > 10 && !/\bresult FROM\b|null\(/.test(verdict.message),
    ).toBe(true);
  });

  it("names the function that was meant", async () => {
    expect(await checker.check("tofloat64(a)", columns)).toMatchObject({
      message: "there is no function tofloat64; did you mean toFloat64?",
    });
  });

  it("never lets text out of its quotes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (text) => {
        const verdict = await checker.check(`concat(b, ${sqlString(text)})`, columns);
        expect(verdict).toMatchObject({ kind: "scalar", columnsUsed: ["b"] });
        const answer = await services.query({ sql: `SELECT ${sqlString(text)} AS text FORMAT JSONEachRow` });
        expect((JSON.parse(answer.toString("utf8")) as { text: string }).text).toBe(Buffer.from(text).toString());
      }),
      { numRuns: 150 },
    );
  });

  it("never lets a name out of its quotes", async () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => !/\p{Cc}/u.test(text));
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const one = [{ name: text, type: "Nullable(Float64)" }];
        const verdict = await checker.check(`${sqlName(text)} + 1`, one);
        // Names that look like a printed alias are refused; none is ever taken for something else.
        if (verdict.kind === "scalar") expect(verdict.columnsUsed).toEqual([text]);
        else expect(text).toMatch(/ \(alias |^\s|\s$/);
      }),
      { numRuns: 150 },
    );
  });

  it("takes nothing from scraps of SQL that would not stand alone between parentheses", async () => {
    const scrap = fc.constantFrom(
      "a",
      "b",
      "1",
      "'x'",
      "(",
      ")",
      "[",
      "]",
      ",",
      ";",
      "--",
      "/*",
      "*/",
      "'",
      '"',
      "`",
      "\\",
      "from",
      "select",
      "system.one",
      "as",
      "z",
      "in",
      "format",
      "settings",
      "union",
      "all",
      "->",
      "x",
      "file(",
      "count()",
      "$$",
      "{",
      "}",
      "\n",
      "#",
      "‘",
      "”",
      "+",
      "=",
      "::",
      "String",
      "over",
      "*",
      ".",
      "exists",
      "case",
      "when",
      "then",
      "end",
      "null",
      "interval",
      "day",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(scrap, { minLength: 1, maxLength: 9 }), async (scraps) => {
        const verdict = await checker.check(scraps.join(" "), columns);
        if (verdict.kind === "refused") return;
        const expression = verdict.expression;
        const sql = `SELECT 'before', (${expression}), 'after' FROM null(${source}) FORMAT JSONCompact`;
        const answer = JSON.parse((await services.query({ sql })).toString("utf8")) as { meta: { type: string }[] };
        expect(answer.meta.map((column) => column.type)).toEqual(["String", verdict.resultType, "String"]);
        expect(await checker.check(expression, columns)).toMatchObject({ kind: "scalar", expression });
      }),
      { numRuns: 400 },
    );
  });
});
