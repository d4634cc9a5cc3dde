import { describe, expect, it } from "vitest";
import { type InspectionRules, inspectStatement } from "./inspect-statement.ts";

const rules: InspectionRules = {
  credential: "homeostat",
  outsideFunctions: new Set(["file", "url", "s3", "remote", "merge"]),
  fileRoots: ["/spool/segments"],
  parameters: new Map([
    ["path", "/spool/segments/a.parquet"],
    ["db", "default"],
  ]),
};

const verdictOf = (sql: string, changes: Partial<InspectionRules> = {}) =>
  inspectStatement(sql, { ...rules, ...changes });

describe("inspectStatement", () => {
  it.each([
    "select * from file('/etc/passwd')",
    "select FILE('/etc/passwd')",
    "select `file`('/etc/passwd')",
    "select * from \"url\" ('http://x')",
    "insert into function file('/tmp/x', 'CSV') select 1",
    "insert into t select * from s3('x')",
    "select * from default.`/etc/passwd`",
    'select * from "default" . "/etc/passwd"',
    "select * from {db:Identifier}.x",
    "select * from merge('default', 'x')",
    "create table x (a Int8) engine = File(CSV, '/tmp/x')",
    "create table x (a Int8) engine File(CSV)",
    "create table x (a Int8) engine = `URL`('http://x')",
    "create database x engine = MySQL('h', 'd', 'u', 'p')",
    "create dictionary d (a Int8) primary key a source(file(path '/x' format 'CSV')) layout(flat())",
    "select 1 into outfile '/tmp/x'",
    "insert into t from infile '/tmp/x' format CSV",
    "backup table t to Disk('d', 'x')",
    "attach table t from '/x' (a Int8) engine = Memory",
    "use default",
    "system shutdown",
  ])("refuses what reaches outside: %s", (sql) => {
    expect(verdictOf(sql)).toMatchObject({ kind: "refused", code: 497 });
  });

  it.each(["select 1; select 2", "select 'a", "select /* 1", "", " ;", "select 1;;drop table t"])(
    "refuses what is not one statement: %j",
    (sql) => {
      expect(verdictOf(sql)).toMatchObject({ kind: "refused", code: 62 });
    },
  );

  it.each([
    "select ';file(' as a, \"url(\" from t -- file('x')",
    "select file, url from t where engine = 'File'",
    "create table x (file String, engine String) engine = ReplacingMergeTree order by file",
    "insert into t select number from numbers(10)",
    "select 1;",
  ])("lets pass what stays inside: %s", (sql) => {
    expect(verdictOf(sql)).toMatchObject({ kind: "accepted" });
  });

  it.each([
    ["select * from file('/spool/segments/a.parquet', 'Parquet')", "accepted"],
    ["select * from file({path:String}, 'Parquet')", "accepted"],
    ["select * from file('/spool/segments/../../etc/passwd', 'CSV')", "refused"],
    ["select * from file('/spool/segments/\\x2e\\x2e/passwd', 'CSV')", "refused"],
    ["select * from file('/spool/segments/*.parquet', 'Parquet')", "refused"],
    ["select * from file('/spool/segmentsX/a', 'CSV')", "refused"],
    ["select * from file('segments/a', 'CSV')", "refused"],
    ["select * from file(x'2f', 'CSV')", "refused"],
    ["select * from file(concat('/spool/segments/', 'a'), 'CSV')", "refused"],
    ["select * from file({other:String}, 'CSV')", "refused"],
    ["select * from url('http://x')", "refused"],
  ])("lets the shipper read only below its roots: %s", (sql, kind) => {
    expect(verdictOf(sql, { credential: "shipper" }).kind).toBe(kind);
  });

  it("knows kind, brevity, format and placeholders", () => {
    const of = (sql: string) => {
      const verdict = verdictOf(sql);
      if (verdict.kind === "refused") throw new Error(verdict.message);
      const { kind, brief, format, parameters } = verdict.inspection;
      return { kind, brief, format, parameters: [...parameters] };
    };
    expect(of("select {a:Int8}, '{b:Int8}' format JSONEachRow")).toEqual({
      kind: "read",
      brief: true,
      format: "JSONEachRow",
      parameters: ["a"],
    });
    expect(of("select count() from t")).toMatchObject({ kind: "read", brief: false, format: undefined });
    expect(of("insert into t format CSV")).toMatchObject({ kind: "insert", brief: false, format: "CSV" });
    expect(of("set max_threads = 1")).toMatchObject({ kind: "session" });
    expect(of("create temporary table x (a Int8)")).toMatchObject({ kind: "session" });
    expect(of("explain ast select a from b")).toMatchObject({ brief: true });
    expect(of("describe (select 1)")).toMatchObject({ brief: false });
  });
});
