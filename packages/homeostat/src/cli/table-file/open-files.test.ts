import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFile, openFiles } from "../private-engine.ts";
import { commonColumnType } from "./common-column-type.ts";

let directory: string;
const write = (name: string, ...lines: readonly string[]): Promise<void> =>
  writeFile(join(directory, name), `${lines.join("\n")}\n`);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeostat-tables-"));
  await write("a-1.csv", "day,fee,name", "2018-01-01,,x", "2018-01-02,,y");
  await write("a-2.csv", "day,fee,name,new", "2019-01-01,2.5,x,1", "2019-01-02,0,7,2");
  await write("b.ndjson", '{"n": 1}');
  await write("notes.txt", "not a table");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function answer(path: string, sql: (source: string) => string): Promise<readonly [string, string]> {
  const file = await openFile(path);
  try {
    const columns = file.columns.map(({ name, type }) => `${name}:${type}`).join(" ");
    return [columns, (await file.query(sql(file.source))).toString("utf8").trim()];
  } finally {
    await file.close();
  }
}

describe("a table of several files", () => {
  it("has every column of any file, and a column empty in one file takes the type it has in the other", async () => {
    const [columns, counts] = await answer(
      join(directory, "a-*.csv"),
      (source) => `SELECT count(), count(fee), sum(fee), count(new) FROM ${source}`,
    );
    expect(columns).toBe("day:Nullable(Date) fee:Nullable(Float64) name:Nullable(String) new:Nullable(Int64)");
    expect(counts).toBe("4\t2\t2.5\t2");
  });

  it("may lack a name for its first column, as R writes row names", async () => {
    await write("r.csv", '"day","fee"', '"1","2018-01-01",2.5', '"2","2018-01-02",3');
    const [columns, counts] = await answer(
      join(directory, "r.csv"),
      (source) => `SELECT count(), sum(fee) FROM ${source}`,
    );
    expect(columns).toBe("row_name:Nullable(String) day:Nullable(Date) fee:Nullable(Float64)");
    expect(counts).toBe("2\t5.5");
    await rm(join(directory, "r.csv"));
  });

  it("is refused where a directory holds two formats, and names a way out", async () => {
    await expect(openFile(directory)).rejects.toThrow(/several formats: CSVWithNames, JSONEachRow/);
  });

  it("is refused where nothing fits", async () => {
    await expect(openFile(join(directory, "c-*.csv"))).rejects.toThrow(/no file that can be read/);
    await expect(openFile(join(directory, "missing.csv"))).rejects.toThrow(/cannot be read/);
    await expect(openFile(join(directory, "notes.txt"))).rejects.toThrow(/no format/);
  });

  it("can be read together with another in one statement", async () => {
    const [left, right] = await openFiles([join(directory, "a-1.csv"), join(directory, "b.ndjson")]);
    try {
      const both = await left?.query(
        `SELECT count() FROM ${left?.source} UNION ALL SELECT sum(n) FROM ${right?.source}`,
      );
      expect(both?.toString("utf8").trim().split("\n").sort()).toEqual(["1", "2"]);
    } finally {
      await left?.close();
    }
  });
});

describe("the type of two files' column", () => {
  it("is the narrowest that holds both", () => {
    expect(commonColumnType("Nullable(Int64)", "Float64")).toBe("Nullable(Float64)");
    expect(commonColumnType("UInt8", "Int32")).toBe("Nullable(Int64)");
    expect(commonColumnType("Date", "Nullable(DateTime64(6))")).toBe("Nullable(DateTime64(3, 'UTC'))");
    expect(commonColumnType("LowCardinality(Nullable(String))", "String")).toBe("Nullable(String)");
    expect(commonColumnType("Int64", "String")).toBe("Nullable(String)");
  });
});
