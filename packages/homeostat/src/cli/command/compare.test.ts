import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactAuc } from "../../stats/performance/exact-auc.ts";
import { regressionMetrics } from "../../stats/performance/regression-metrics.ts";
import { regressionSumsOf } from "../../stats/performance/regression-sums.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { openFile } from "../private-engine.ts";
import { runProgram } from "../program.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "homeostat-compare-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(
    {
      version: "0",
      up: async () => 0,
      env: {},
      stdout: { write: (text) => (out += text), columns: 140 },
      stderr: { write: (text) => (err += text) },
      now: () => 0,
    },
    args,
  );
  return { code, out, err };
}

interface Row {
  readonly id: number;
  readonly region: string;
  readonly amount: number | null;
  readonly "odd `name'": number;
  readonly v: string;
  readonly score: number;
  readonly churned: number;
  readonly guess: number;
  readonly spent: number;
}

/** Rows of a small business: one law for all, so that two tables differ by chance alone. */
function rowsOf(seed: number, count: number, change: (row: Row) => Partial<Row> = () => ({})): readonly Row[] {
  const random = createXoshiro(seed);
  return Array.from({ length: count }, (_, id) => {
    const score = random.next();
    const spent = 20 + 30 * random.next();
    const row: Row = {
      id,
      region: ["north", "south", "east"][Math.floor(3 * random.next())] ?? "east",
      amount: Math.round(1000 * random.next()) / 10,
      "odd `name'": Math.floor(5 * random.next()),
      v: `plan ${Math.floor(4 * random.next())}`,
      score,
      churned: random.next() < score ? 1 : 0,
      guess: spent + 4 * (random.next() - 0.5),
      spent,
    };
    return { ...row, ...change(row) };
  });
}

async function csv(name: string, rows: readonly object[]): Promise<string> {
  const path = join(directory, name);
  const heads = Object.keys(rows[0] ?? {});
  const cell = (value: unknown): string => (value === null ? "" : `"${String(value).replaceAll('"', '""')}"`);
  const bare = (value: unknown): string => (typeof value === "number" ? String(value) : cell(value));
  const lines = rows.map((row) => heads.map((head) => bare((row as Record<string, unknown>)[head])).join(","));
  await writeFile(path, `${[heads.map(cell).join(","), ...lines].join("\n")}\n`);
  return path;
}

interface Found {
  readonly column: string;
  readonly question: string;
  readonly verdict: string;
  readonly segment: { readonly name: string; readonly value: string } | null;
  readonly sentence: string;
}
const newsOf = (out: string): readonly Found[] =>
  (JSON.parse(out).columns as Found[]).filter(({ verdict }) => verdict === "critical" || verdict === "warning");

describe("homeostat compare", () => {
  it("finds nothing between two samples of one law, and says what it could have seen", async () => {
    const ran = await run(
      "compare",
      await csv("a.csv", rowsOf(1, 4_000)),
      await csv("b.csv", rowsOf(2, 3_000)),
      "--exit-code",
      "--fail-on",
      "warning",
    );
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/Verdict\s+healthy: 0 critical findings, 0 warnings/);
    expect(ran.out).toMatch(/a true PSI of 0\.\d+ would have been seen in each/);
    expect(ran.out).toContain("Not compared: id is the id of the row");
  });

  it("names what was broken, where, and with the offending values, the worst first", async () => {
    const broken = rowsOf(3, 3_000, (row) => ({
      ...(row.region === "south" ? { amount: (row.amount ?? 0) * 2.54 } : {}),
      ...(row.id % 20 === 0 ? { amount: null } : {}),
      ...(row.id % 10 === 0 ? { v: "plan X" } : {}),
    }));
    const ran = await run(
      "compare",
      await csv("a.csv", rowsOf(1, 4_000)),
      await csv("broken.csv", broken),
      "--json",
      "--exit-code",
    );
    expect(ran.code).toBe(4);
    const news = newsOf(ran.out);
    expect(news[0]?.verdict).toBe("critical");
    const told = news.map(({ column, question, segment, verdict }) => ({ column, question, segment, verdict }));
    expect(told).toContainEqual({
      column: "amount",
      question: "distribution",
      segment: { name: "region", value: "south" },
      verdict: "critical",
    });
    expect(told).toContainEqual({ column: "amount", question: "missing", segment: null, verdict: "critical" });
    expect(news.find(({ question }) => question === "new-values")?.sentence).toMatch(
      /^10\.0 % of rows hold values never seen before: “plan X” \(300\)$/,
    );
    expect(news.find(({ question }) => question === "range")?.sentence).toMatch(/outside 0\.?\d* to 100: .*up to 25\d/);
    // The other regions, and columns that nobody touched, stay quiet.
    expect(
      news.filter(
        ({ column, question, segment }) =>
          column === "amount" && question === "distribution" && segment?.value === "north",
      ),
    ).toHaveLength(0);
    expect(news.filter(({ column }) => !["amount", "v"].includes(column))).toHaveLength(0);
  });

  it("tells a column that is gone, one that is new, and one that holds something else", async () => {
    const changed = rowsOf(4, 500).map(({ amount: _, spent, ...row }) => ({
      ...row,
      spent: `about ${spent}`,
      extra: 1,
    }));
    const ran = await run("compare", await csv("a.csv", rowsOf(1, 500)), await csv("schema.csv", changed), "--json");
    const schema = (JSON.parse(ran.out).schema as { column: string; kind: string }[]).map(({ column, kind }) => [
      column,
      kind,
    ]);
    expect(schema).toEqual([
      ["amount", "column-missing"],
      ["spent", "type-changed"],
      ["extra", "column-new"],
    ]);
  });

  it("measures performance as the statistics room does on the rows themselves, and notices its loss in one segment", async () => {
    const before = rowsOf(5, 5_000);
    const after = rowsOf(6, 5_000, (row) => (row.region === "east" ? { churned: row.churned === 1 ? 0 : 1 } : {}));
    const ran = await run(
      "compare",
      await csv("p.csv", before),
      await csv("q.csv", after),
      "--json",
      "--outcome",
      "churned",
    );
    const { metrics, positive } = JSON.parse(ran.out).performance as {
      positive: string;
      metrics: {
        metric: string;
        segment: Found["segment"];
        verdict: string;
        reference: { value: number };
        current: { value: number };
      }[];
    };
    expect(positive).toBe("1");
    const auc = exactAuc(
      before.map(({ score }) => score),
      before.map(({ churned }) => churned),
    );
    const all = metrics.find(({ metric, segment }) => metric === "auc" && segment === null);
    expect(auc.kind).toBe("binned-auc");
    if (auc.kind === "binned-auc") expect(all?.reference.value).toBeCloseTo(auc.estimate.value, 3);
    const right = before.filter(({ score, churned }) => score >= 0.5 === (churned === 1)).length;
    const accuracy = metrics.find(({ metric, segment }) => metric === "accuracy" && segment === null);
    expect(accuracy?.reference.value).toBeCloseTo(right / before.length, 12);
    const lost = metrics
      .filter(({ verdict }) => verdict === "critical")
      .map(({ segment }) => segment?.value ?? "all rows");
    expect(lost).toContain("east");
    expect(lost).not.toContain("north");
  });

  it("measures errors of predicted numbers", async () => {
    const before = rowsOf(7, 3_000);
    const worse = rowsOf(8, 3_000, (row) => ({ guess: row.guess + 3 }));
    const ran = await run(
      ...["compare", await csv("r.csv", before), await csv("s.csv", worse)],
      ...["--json", "--outcome", "spent", "--prediction", "guess"],
    );
    const { kind, metrics } = JSON.parse(ran.out).performance as {
      kind: string;
      metrics: { metric: string; segment: unknown; verdict: string; reference: { value: number } }[];
    };
    expect(kind).toBe("regression");
    const sums = regressionSumsOf(
      before.map(({ spent }) => spent),
      before.map(({ guess }) => guess),
      35,
    );
    if (sums.kind !== "regression-sums") throw new Error("finite rows");
    const exact = regressionMetrics(sums.sums);
    const overall = metrics.filter(({ segment }) => segment === null);
    const error = overall.find(({ metric }) => metric === "mean-absolute-error");
    if (exact.meanAbsoluteError.kind !== "estimate" || exact.rSquared.kind !== "estimate") throw new Error("known");
    expect(error?.reference.value).toBeCloseTo(exact.meanAbsoluteError.value, 9);
    expect(error?.verdict).toBe("critical");
    expect(overall.find(({ metric }) => metric === "r-squared")?.reference.value).toBeCloseTo(exact.rSquared.value, 9);
  });

  it("answers the same whatever the format of the files", async () => {
    const paths = [
      await csv("a.csv", rowsOf(1, 1_000)),
      await csv(
        "c.csv",
        rowsOf(9, 1_000, () => ({ amount: 1 })),
      ),
    ];
    const parquet: string[] = [];
    for (const path of paths) {
      const file = await openFile(path);
      const bytes = await file.query(`SELECT * FROM ${file.source}`, { default_format: "Parquet" });
      await file.close();
      parquet.push(path.replace(".csv", ".parquet"));
      await writeFile(path.replace(".csv", ".parquet"), bytes);
    }
    const strip = (out: string): unknown => ({ ...JSON.parse(out), reference: 0, current: 0 });
    const text = await run("compare", ...paths, "--json");
    const columnar = await run("compare", ...parquet, "--json");
    expect(newsOf(text.out).length).toBeGreaterThan(0);
    expect(strip(columnar.out)).toEqual(strip(text.out));
  });

  it("writes a report that needs nothing from outside and in which no value of a table is markup", async () => {
    const evil = rowsOf(10, 1_000, (row) => (row.id % 3 === 0 ? { v: "<script>alert(1)</script>" } : {}));
    const path = join(directory, "report.html");
    const ran = await run("compare", await csv("a.csv", rowsOf(1, 1_000)), await csv("evil.csv", evil), "--html", path);
    expect(ran.code).toBe(0);
    const page = await readFile(path, "utf8");
    expect(page).toContain("&lt;script&gt;alert(1)");
    expect(page).not.toMatch(/<script|<link|https?:|url\(/);
    expect(page).toContain("<svg");
  });

  it("refuses a column that is not there, and an empty table", async () => {
    const path = await csv("a.csv", rowsOf(1, 100));
    const unknown = await run("compare", path, path, "--outcome", "nothing");
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("has no column nothing");
    await writeFile(join(directory, "empty.csv"), "a,b\n");
    const empty = await run("compare", join(directory, "empty.csv"), path);
    expect(empty.code).not.toBe(0);
    expect(empty.err).toContain("empty.csv");
  });
});
