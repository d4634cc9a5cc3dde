import { type Baseline, type FrozenScore, nullValue, otherValue } from "../../domain/baseline/baseline.ts";
import { scoreSubject } from "../../domain/baseline/profile-store.ts";
import { invariant } from "../../domain/invariant.ts";
import type { System } from "../../domain/system/system.ts";
import { type Binning, newBinOf, nullBinOf } from "../../stats/histogram/binning.ts";
import type { QueryParameters } from "./data-client.ts";

/** Stands for "below every edge" in `roundDown`, which gives back an element of its array. */
const belowAll = -1.7e308;

interface Fragment {
  readonly sql: string;
  readonly parameters: QueryParameters;
}

/**
 * Bin of a column as SQL: the twin of `binOf` in the statistics room. The arrays are ours and travel as parameters.
 * `roundDown` is a binary search; `transform` a hash look-up.
 */
export function binExpression(column: string, binning: Binning): Fragment {
  const nullBin = nullBinOf(binning);
  switch (binning.kind) {
    case "numeric":
      return {
        sql: `if(isNull(${column}) OR NOT isFinite(ifNull(${column}, 0)), ${nullBin},
          transform(roundDown(ifNull(${column}, 0), {edges:Array(Float64)}), {edges:Array(Float64)}, {ids:Array(Int16)}, toInt16(0)))`,
        parameters: { edges: [belowAll, ...binning.edges], ids: [0, ...binning.edges.map((_, index) => index + 1)] },
      };
    case "categorical": {
      const other = binning.categories.length;
      return {
        sql: `if(isNull(${column}), ${nullBin}, transform(toString(ifNull(${column}, '')), {known:Array(String)}, {ids:Array(Int16)}, toInt16(${binning.othersComplete ? newBinOf(binning) : other})))`,
        parameters: {
          known: [...binning.categories, ...binning.others],
          ids: [...binning.categories.map((_, index) => index), ...binning.others.map(() => other)],
        },
      };
    }
  }
}

function scoreBin(score: FrozenScore): Fragment {
  return {
    sql: "transform(roundDown(probability, {edges:Array(Float64)}), {edges:Array(Float64)}, {ids:Array(Int16)}, toInt16(0))",
    parameters: { edges: [belowAll, ...score.edges], ids: [0, ...score.edges.map((_, index) => index + 1)] },
  };
}

/** Where the rows of a profile come from: a row source with the columns window_start, s_*, f_*, probability, outcome, scored. */
export interface ProfileSource {
  readonly sql: string;
  readonly parameters: QueryParameters;
  readonly kind: "reference" | "live";
  readonly version: number;
}

const profileColumns =
  "system, baseline, kind, window, version, subject, segment, value, bin, rows, positives, negatives, score_sum, labelled_score_sum";

function segmentFragments(baseline: Baseline): {
  readonly keys: readonly string[];
  readonly selects: string;
  readonly parameters: QueryParameters;
} {
  const parameters: Record<string, unknown> = {};
  const selects = baseline.segments.map((segment, index) => {
    parameters[`values${index}`] = [...segment.values, nullValue];
    return `if(has({values${index}:Array(String)}, s_${segment.name}), toString(s_${segment.name}), '${otherValue}') AS g${index}`;
  });
  return {
    keys: baseline.segments.map((_, index) => `g${index}`),
    selects: selects.map((select) => `, ${select}`).join(""),
    parameters,
  };
}

/** The bin of a subject in a row, and which rows count for it. */
export function subjectBin(baseline: Baseline, subject: string): Fragment & { readonly only: string } {
  if (subject === scoreSubject) return { ...scoreBin(baseline.score), only: "WHERE scored = 1" };
  const feature = baseline.features.find((candidate) => candidate.name === subject);
  invariant(feature !== undefined, `the baseline has no feature ${subject}`);
  return { ...binExpression(`f_${subject}`, feature.binning), only: "" };
}

/**
 * One INSERT … SELECT that counts one subject over all segments in one scan: every grouping set is one way to slice.
 * Cost: one pass over two or three columns; the answer is as small as bins × segment values.
 */
export function profileStatement(system: System, baseline: Baseline, source: ProfileSource, subject: string): Fragment {
  const isScore = subject === scoreSubject;
  const bin = subjectBin(baseline, subject);
  const segments = segmentFragments(baseline);
  const sets = [["window_start", "bin"], ...segments.keys.map((key) => ["window_start", key, "bin"])]
    .map((set) => `(${set.join(", ")})`)
    .join(", ");
  const segmentName = [
    "multiIf(",
    ...segments.keys.map((key, index) => `grouping(${key}) = 0, '${baseline.segments[index]?.name ?? ""}', `),
    "'')",
  ].join("");
  const segmentValue = ["multiIf(", ...segments.keys.map((key) => `grouping(${key}) = 0, ${key}, `), "'')"].join("");
  const outcomes = isScore
    ? "countIf(outcome = 1), countIf(outcome = 0), sum(probability), sumIf(probability, isNotNull(outcome))"
    : "0, 0, 0, 0";
  const sql = `INSERT INTO profiles (${profileColumns})
    SELECT {system:String}, {baseline:String}, {kind:String}, window_start, {version:UInt32}, {subject:String},
      ${segments.keys.length === 0 ? "''" : segmentName}, ${segments.keys.length === 0 ? "''" : segmentValue}, bin, count(), ${outcomes}
    FROM (SELECT window_start, probability, outcome, toInt16(${bin.sql}) AS bin${segments.selects} FROM (${source.sql}) ${bin.only})
    GROUP BY GROUPING SETS (${sets})
    SETTINGS force_grouping_standard_compatibility = 1`;
  return {
    sql,
    parameters: {
      ...bin.parameters,
      ...segments.parameters,
      ...source.parameters,
      system: system.name,
      baseline: baseline.id,
      kind: source.kind,
      version: source.version,
      subject,
    },
  };
}
