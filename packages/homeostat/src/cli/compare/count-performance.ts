import type { PerformanceCell, PerformanceCounts } from "../../domain/comparison/judge-performance.ts";
import type { PlannedPerformance } from "../../domain/comparison/plan-comparison.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { emptyRegressionSums, type RegressionSums } from "../../stats/performance/regression-sums.ts";
import { columnKindOf } from "../table-file/column-facts.ts";
import type { WorkingTable } from "../table-file/working-table.ts";
import { partsOf, rowGroupsOf, type SegmentColumn, segmentAt } from "./group-rows.ts";
import { jsonLines, readLines } from "./json-lines.ts";

export interface PerformanceAnswer {
  readonly cells: readonly PerformanceCell[];
  /** The value of the outcome that counts as positive; undefined where there are not two. */
  readonly positive: string | undefined;
}

export interface PerformanceAsked {
  readonly plan: Exclude<PlannedPerformance, { readonly kind: "not-checked" }>;
  readonly segments: readonly SegmentColumn[];
  /** A score at or above it is a positive decision. */
  readonly threshold: number;
  readonly positive: string | undefined;
}

const scoreBins = 500;

/** Sums of performance of both tables in every part of the rows; rows without an outcome or an answer are left out. */
export async function countPerformance(
  reference: WorkingTable,
  current: WorkingTable,
  asked: PerformanceAsked,
): Promise<PerformanceAnswer> {
  const { plan, segments } = asked;
  const positive =
    plan.kind === "binary" ? (asked.positive ?? (await positiveOf(reference, plan.outcome, plan.score))) : undefined;
  const count = (table: WorkingTable): Promise<Counts> => countTable(table, { ...asked, positive });
  const before = await count(reference);
  const now = await count(current);
  // Classes of either table, so that both confusions have the same rows and columns.
  const classes = [...new Set([...before.classes, ...now.classes])].sort();
  const cells = partsOf(segments).map(([part, place]): PerformanceCell => {
    const key = `${part}/${place}`;
    const of = (counts: Counts): PerformanceCounts => counts.of(key, classes);
    return { segment: segmentAt(segments, part, place), reference: of(before), current: of(now) };
  });
  return { cells, positive };
}

interface Counts {
  readonly classes: readonly string[];
  of(key: string, classes: readonly string[]): PerformanceCounts;
}

/** A value as text that is the same for 1, 1.0 and true. */
function valueText(table: WorkingTable, name: string): string {
  const column = sqlName(name);
  const type = table.file.columns.find((candidate) => candidate.name === name)?.type ?? "String";
  const kind = columnKindOf(type);
  if (kind === "text") return `toString(${column})`;
  return kind === "yes-no" ? `toString(toUInt8(${column}))` : `toString(toFloat64(${column}))`;
}

const usualPositives = ["1", "true", "yes", "y", "t", "positive", "pos", "churned", "default", "fraud"];

/** The value that people mean by "positive"; where the names do not say, the one with the higher scores. */
async function positiveOf(table: WorkingTable, outcome: string, score: string | undefined): Promise<string> {
  const mean = score === undefined ? "-count()" : `avg(toFloat64(${sqlName(score)}))`;
  const answer = await table.file.query(
    `SELECT ${valueText(table, outcome)} AS homeostat_y, ${mean} AS homeostat_m FROM ${table.from}
     WHERE isNotNull(${sqlName(outcome)}) GROUP BY homeostat_y ORDER BY homeostat_m DESC, homeostat_y`,
    jsonLines,
  );
  const names = readLines<[string]>(answer).map(([name]) => name);
  return names.find((name) => usualPositives.includes(name.toLowerCase())) ?? names[0] ?? "1";
}

async function countTable(table: WorkingTable, asked: PerformanceAsked): Promise<Counts> {
  switch (asked.plan.kind) {
    case "binary":
      return countBinary(table, asked);
    case "multiclass":
      return countClasses(table, asked, asked.plan.prediction);
    case "regression":
      return countErrors(table, asked, asked.plan.prediction);
  }
}

async function grouped(
  table: WorkingTable,
  segments: readonly SegmentColumn[],
  {
    columns,
    keys,
    answers,
    where,
  }: Readonly<Record<"columns" | "answers" | "where", string>> & { readonly keys: readonly string[] },
): Promise<ReadonlyMap<string, readonly (readonly unknown[])[]>> {
  const groups = rowGroupsOf(segments);
  const answer = await table.file.query(
    `SELECT ${groups.part} AS part, ${groups.place} AS place, ${answers}
     FROM (SELECT ${[columns, ...groups.keys].join(", ")} FROM ${table.from} WHERE ${where}) GROUP BY GROUPING SETS (${groups.sets(...keys)})`,
    jsonLines,
  );
  const found = new Map<string, unknown[][]>();
  for (const [part, place, ...rest] of readLines<[number, number, ...unknown[]]>(answer)) {
    const key = `${part}/${place}`;
    const rows = found.get(key) ?? [];
    rows.push(rest);
    found.set(key, rows);
  }
  return found;
}

async function countBinary(table: WorkingTable, asked: PerformanceAsked): Promise<Counts> {
  const { plan, positive = "1", threshold, segments } = asked;
  const score = plan.kind === "binary" ? plan.score : undefined;
  const prediction = plan.kind === "binary" ? plan.prediction : undefined;
  const scored = score === undefined ? undefined : `toFloat64(${sqlName(score)})`;
  const isPositive = `${valueText(table, plan.outcome)} = ${sqlString(positive)}`;
  const decides =
    prediction === undefined
      ? `${scored ?? "0"} >= ${threshold}`
      : `${valueText(table, prediction)} = ${sqlString(positive)}`;
  const known = [
    plan.outcome,
    ...(score === undefined ? [] : [score]),
    ...(prediction === undefined ? [] : [prediction]),
  ];
  const rows = await grouped(table, segments, {
    columns: `assumeNotNull(${isPositive}) AS homeostat_y, assumeNotNull(${decides}) AS homeostat_d, ${scored === undefined ? "0" : `toInt32(floor(assumeNotNull(${scored}) * ${scoreBins}))`} AS homeostat_s`,
    keys: ["homeostat_y", "homeostat_d", "homeostat_s"],
    answers: "homeostat_y, homeostat_d, homeostat_s, count()",
    where: known.map((name) => `isNotNull(${sqlName(name)})`).join(" AND "),
  });
  return {
    classes: [],
    of: (key) => {
      const confusion = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
      const positives = new Array<number>(scoreBins + 1).fill(0);
      const negatives = new Array<number>(scoreBins + 1).fill(0);
      for (const row of rows.get(key) ?? []) {
        const [truth, decided, bin, count] = row as [number, number, number, number];
        const isTrue = Number(truth) === 1;
        confusion[cellOf(isTrue, Number(decided) === 1)] += count;
        const counts = isTrue ? positives : negatives;
        const place = Math.min(scoreBins, Math.max(0, bin));
        counts[place] = (counts[place] ?? 0) + count;
      }
      return { kind: "binary", confusion, scores: score === undefined ? undefined : { positives, negatives } };
    },
  };
}

function cellOf(
  isTrue: boolean,
  decided: boolean,
): "truePositive" | "falsePositive" | "falseNegative" | "trueNegative" {
  if (isTrue) return decided ? "truePositive" : "falseNegative";
  return decided ? "falsePositive" : "trueNegative";
}

async function countClasses(table: WorkingTable, asked: PerformanceAsked, prediction: string): Promise<Counts> {
  const { plan, segments } = asked;
  const rows = await grouped(table, segments, {
    columns: `${valueText(table, plan.outcome)} AS homeostat_y, ${valueText(table, prediction)} AS homeostat_d`,
    keys: ["homeostat_y", "homeostat_d"],
    answers: "homeostat_y, homeostat_d, count()",
    where: `isNotNull(${sqlName(plan.outcome)}) AND isNotNull(${sqlName(prediction)})`,
  });
  const all = (rows.get("0/0") ?? []) as readonly (readonly [string, string, number])[];
  return {
    classes: all.flatMap(([truth, decided]): readonly string[] => [decided, truth]),
    of: (key, classes) => {
      const size = Math.max(2, classes.length);
      const cells = new Float64Array(size * size);
      for (const row of rows.get(key) ?? []) {
        const [truth, decided, count] = row as [string, string, number];
        const cell = classes.indexOf(truth) * size + classes.indexOf(decided);
        cells[cell] = (cells[cell] ?? 0) + count;
      }
      return { kind: "multiclass", confusion: { kind: "multiclass-confusion", classes: size, cells } };
    },
  };
}

/** The sums of the statistics room, in its order. */
const regressionAnswers: readonly (readonly [keyof Omit<RegressionSums, "origin">, string])[] = [
  ["n", "count()"],
  ["sumError", "sum(e)"],
  ["sumAbsoluteError", "sum(abs(e))"],
  ["sumSquaredError", "sum(e * e)"],
  ["sumQuarticError", "sum(pow(e, 4))"],
  ["sumLabel", "sum(u)"],
  ["sumLabelSquare", "sum(u * u)"],
  ["sumLabelCube", "sum(pow(u, 3))"],
  ["sumLabelQuartic", "sum(pow(u, 4))"],
  ["sumSquaredErrorLabel", "sum(e * e * u)"],
  ["sumSquaredErrorLabelSquare", "sum(e * e * u * u)"],
  ["percentageN", "countIf(y != 0)"],
  ["sumPercentage", "sumIf(abs(e / y), y != 0)"],
  ["sumPercentageSquare", "sumIf(pow(e / y, 2), y != 0)"],
];

async function countErrors(table: WorkingTable, asked: PerformanceAsked, prediction: string): Promise<Counts> {
  const { plan, segments } = asked;
  const truth = `assumeNotNull(toFloat64(${sqlName(plan.outcome)}))`;
  const guess = `assumeNotNull(toFloat64(${sqlName(prediction)}))`;
  const finite = [plan.outcome, prediction]
    .map((name) => `isNotNull(${sqlName(name)}) AND isFinite(assumeNotNull(toFloat64(${sqlName(name)})))`)
    .join(" AND ");
  // Sums of fourth powers keep their digits when they are taken about the middle.
  const middle = await table.file.query(`SELECT avg(${truth}) FROM ${table.from} WHERE ${finite}`);
  const origin = Number(middle.toString("utf8")) || 0;
  const named = (sql: string): string => sql.replaceAll(/\b[euy]\b/g, (letter) => `homeostat_${letter}`);
  const rows = await grouped(table, segments, {
    columns: `${truth} AS homeostat_y, ${guess} - ${truth} AS homeostat_e, ${truth} - ${origin} AS homeostat_u`,
    keys: [],
    answers: regressionAnswers.map(([, sql]) => named(sql)).join(", "),
    where: finite,
  });
  return {
    classes: [],
    of: (key) => {
      const [row] = rows.get(key) ?? [];
      const empty = emptyRegressionSums(origin);
      if (row === undefined) return { kind: "regression", sums: empty };
      const sums = Object.fromEntries(regressionAnswers.map(([name], place) => [name, Number(row[place] ?? 0)]));
      return { kind: "regression", sums: { ...empty, ...sums } };
    },
  };
}
