import type { Baseline } from "../../domain/baseline/baseline.ts";
import { subjectBin } from "../data/profile-statement.ts";

/*
 * What the statistics room needs of rows, as statements: each gives counts and sums that add over windows, never rows.
 * Rows come from a table of the suite with the columns named below; what is missing or not finite is left out, as it is
 * in memory.
 */

interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const finite = (column: string): string => `isFinite(ifNull(${column}, nan))`;
/** Zero has one sign only, so that groups of -0 and 0 are one. */
const value = (column: string): string => `assumeNotNull(${column}) + 0.`;

/** Rows of each sample at each distinct finite value, in order: the atoms of Kolmogorov–Smirnov and Wasserstein. */
export function atomsStatement(table: string): string {
  return `SELECT ${value("f_x")} AS x, countIf(sample = 1) AS n, countIf(sample = 0) AS m FROM ${table}
    WHERE ${finite("f_x")} GROUP BY x ORDER BY x`;
}

/** Both distances worked out in the engine, by one sort of the distinct values; NULL where a sample has no rows. */
export function sortedDistancesStatement(table: string): string {
  return `SELECT if(min(windowRows) > 0 AND min(baselineRows) > 0, max(abs(gap)), NULL) AS ks,
      if(min(windowRows) > 0 AND min(baselineRows) > 0, sum(abs(gap) * width), NULL) AS wasserstein
    FROM (SELECT sum(n) OVER () AS windowRows, sum(m) OVER () AS baselineRows,
        sum(n) OVER upTo / windowRows - sum(m) OVER upTo / baselineRows AS gap,
        leadInFrame(x, 1, x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) - x AS width
      FROM (${atomsStatement(table)}) WINDOW upTo AS (ORDER BY x ROWS UNBOUNDED PRECEDING))`;
}

/** Count and sum of each bin of the frozen binning of a feature of the table, by sample. */
export function binsStatement(table: string, baseline: Baseline, feature: string): Statement {
  const bin = subjectBin(baseline, feature);
  const sum = baseline.features.find(({ name }) => name === feature)?.binning.kind === "numeric";
  return {
    sql: `SELECT sample, ${bin.sql} AS bin, count() AS n, ${sum ? `sumIf(${value(`f_${feature}`)}, ${finite(`f_${feature}`)})` : "0"} AS s
      FROM ${table} GROUP BY sample, bin ORDER BY sample, bin`,
    parameters: bin.parameters,
  };
}

/** Count, mean and sum of squared deviations of the finite values of each sample: the form in which moments merge. */
export function momentsStatement(table: string, column: string): string {
  return `SELECT sample, count() AS n, avg(${value(column)}) AS mean, varPopStable(${value(column)}) * count() AS m2
    FROM ${table} WHERE ${finite(column)} GROUP BY sample ORDER BY sample`;
}

/** The sums of `CalibrationBin` by bin [edge, next edge) of the score, over rows with a score and an outcome. */
export function calibrationStatement(table: string, edges: readonly number[]): Statement {
  return {
    sql: `SELECT sample, arrayCount(edge -> edge <= p, {edges:Array(Float64)}) AS bin, count() AS n, sum(p) AS sumProbability,
        sum(y) AS sumLabel, sum(p * (1 - p)) AS sumSpread, sum((y - p) * (1 - 2 * p)) AS sumResidualSlope,
        sum(pow(1 - 2 * p, 2) * p * (1 - p)) AS sumSlopeSpread
      FROM (SELECT sample, ${value("score")} AS p, assumeNotNull(label) + 0. AS y FROM ${table} WHERE ${finite("score")} AND isNotNull(label))
      GROUP BY sample, bin ORDER BY sample, bin`,
    parameters: { edges: [...edges] },
  };
}

/** `RegressionSums` of rows with a finite target and a finite estimate, by sample. */
export function regressionStatement(table: string, origin: number): Statement {
  return {
    sql: `SELECT sample, count() AS n, sum(e) AS sumError, sum(abs(e)) AS sumAbsoluteError, sum(e * e) AS sumSquaredError,
        sum(pow(e, 4)) AS sumQuarticError, sum(u) AS sumLabel, sum(u * u) AS sumLabelSquare, sum(pow(u, 3)) AS sumLabelCube,
        sum(pow(u, 4)) AS sumLabelQuartic, sum(e * e * u) AS sumSquaredErrorLabel, sum(e * e * u * u) AS sumSquaredErrorLabelSquare,
        countIf(y != 0) AS percentageN, sumIf(abs(e / y), y != 0) AS sumPercentage, sumIf(pow(e / y, 2), y != 0) AS sumPercentageSquare
      FROM (SELECT sample, ${value("target")} AS y, ${value("estimate")} - y AS e, y - {origin:Float64} AS u FROM ${table}
        WHERE ${finite("target")} AND ${finite("estimate")})
      GROUP BY sample ORDER BY sample`,
    parameters: { origin },
  };
}

/** Rows by true and by decided class, by sample. */
export function confusionStatement(table: string): string {
  return `SELECT sample, assumeNotNull(truth) AS t, assumeNotNull(guess) AS d, count() AS n FROM ${table}
    WHERE isNotNull(truth) AND isNotNull(guess) GROUP BY sample, t, d ORDER BY sample, t, d`;
}

/** The log sums of a grid of bets on a loss in [0, 1]; `edges` are the signs and the null mean already worked in. */
export function betsStatement(
  table: string,
  bets: readonly number[],
  nullMean: number,
  direction: "above" | "below",
): Statement {
  const edge = direction === "above" ? "x - {nullMean:Float64}" : "{nullMean:Float64} - x";
  return {
    sql: `SELECT sample, count() AS n, sumForEach(arrayMap(bet -> log1p(bet * (${edge})), {bets:Array(Float64)})) AS sums
      FROM (SELECT sample, ${value("loss")} AS x FROM ${table} WHERE ${finite("loss")}) GROUP BY sample ORDER BY sample`,
    parameters: { bets: [...bets], nullMean },
  };
}

/**
 * The run-off triangle as it stood at the end of day `today`: outcomes of each prediction day that had arrived by each
 * delay in days. A day's row ends at the delay it has reached, and at `columns`.
 */
export function triangleStatement(table: string, today: number, columns: number): Statement {
  return {
    sql: `SELECT day, arrayMap(k -> arrayCount(delay -> delay <= k, delays), range(toUInt32(least({today:Int32} - day + 1, {columns:Int32})))) AS arrived
      FROM (SELECT day, groupArrayIf(toInt32(assumeNotNull(arrived_day)) - day, isNotNull(arrived_day) AND arrived_day <= {today:Int32}) AS delays
        FROM ${table} WHERE day <= {today:Int32} GROUP BY day) ORDER BY day`,
    parameters: { today, columns },
  };
}

/** Rows and summed loss of each stratum (score decile × category, missing ones apart) in both periods. */
export function cellsStatement(table: string): string {
  return `SELECT least(9, floor(10 * ${value("score")})) AS decile, ifNull(f_kind, '(null)') AS stratum, countIf(sample = 0) AS baselineRows,
      sumIf(${value("loss")}, sample = 0) AS baselineLoss, countIf(sample = 1) AS currentRows, sumIf(${value("loss")}, sample = 1) AS currentLoss
    FROM ${table} WHERE ${finite("score")} AND ${finite("loss")} GROUP BY decile, stratum ORDER BY decile, stratum`;
}
