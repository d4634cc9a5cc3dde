import { type Baseline, nullValue, otherValue } from "../../domain/baseline/baseline.ts";
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
function binExpression(column: string, binning: Binning, tag: string): Fragment {
  const nullBin = nullBinOf(binning);
  switch (binning.kind) {
    case "numeric": {
      const bin = edgeBin(`ifNull(${column}, 0)`, binning.edges, tag);
      return {
        sql: `if(isNull(${column}) OR NOT isFinite(ifNull(${column}, 0)), ${nullBin}, ${bin.sql})`,
        parameters: bin.parameters,
      };
    }
    case "categorical": {
      const other = binning.categories.length;
      const unknown = binning.othersComplete ? newBinOf(binning) : other;
      return {
        sql: `if(isNull(${column}), ${nullBin}, transform(toString(ifNull(${column}, '')), {known${tag}:Array(String)}, {ids${tag}:Array(Int16)}, toInt16(${unknown})))`,
        parameters: {
          [`known${tag}`]: [...binning.categories, ...binning.others],
          [`ids${tag}`]: [...binning.categories.map((_, index) => index), ...binning.others.map(() => other)],
        },
      };
    }
  }
}

/** The number of edges at or below a number. */
function edgeBin(value: string, edges: readonly number[], tag: string): Fragment {
  const steps = `{edges${tag}:Array(Float64)}`;
  return {
    sql: `transform(roundDown(${value}, ${steps}), ${steps}, {ids${tag}:Array(Int16)}, toInt16(0))`,
    parameters: { [`edges${tag}`]: [belowAll, ...edges], [`ids${tag}`]: [0, ...edges.map((_, index) => index + 1)] },
  };
}

/** The bin of a subject in a row. `tag` keeps the parameters of several subjects in one statement apart. */
export function subjectBin(baseline: Baseline, subject: string, tag = ""): Fragment {
  if (subject === scoreSubject) return edgeBin("probability", baseline.score.edges, tag);
  const feature = baseline.features.find((candidate) => candidate.name === subject);
  invariant(feature !== undefined, `the baseline has no feature ${subject}`);
  return binExpression(`f_${subject}`, feature.binning, tag);
}

/** Where the rows of a profile come from: statements that share their parameters. */
export interface ProfileSource {
  /** Start of the window a row belongs to, in milliseconds: an expression over `time`, or a parameter. */
  readonly window: string;
  /** Rows with the columns time, s_* and f_*. */
  readonly rows: string;
  /** Scored rows: time, s_*, probability and outcome. Apart, since joining outcomes is dear and only scores need it. */
  readonly scores: string;
  readonly parameters: QueryParameters;
  readonly kind: "reference" | "live";
  readonly version: number;
}

const profileColumns =
  "system, baseline, kind, window, version, subject, segment, value, bin, rows, positives, negatives, score_sum, labelled_score_sum";

interface SegmentFragments {
  readonly keys: readonly string[];
  readonly selects: string;
  /** Name and value of the segment that a row of the grouping sets stands for; empty for all rows. */
  readonly name: string;
  readonly value: string;
  readonly parameters: QueryParameters;
}

/**
 * Rows are grouped by small whole numbers (the place of a segment value in its list), which costs a third of grouping by
 * texts; the few groups get their texts back afterwards.
 */
function segmentFragments(baseline: Baseline): SegmentFragments {
  const parameters: Record<string, unknown> = {};
  const keys = baseline.segments.map((_, index) => `g${index}`);
  const selects = baseline.segments.map((segment, index) => {
    const kept = [...segment.values.filter((value) => value !== nullValue), nullValue];
    parameters[`values${index}`] = kept;
    parameters[`places${index}`] = kept.map((_, place) => place + 1);
    parameters[`texts${index}`] = [...kept, otherValue];
    return `, transform(s_${segment.name}, {values${index}:Array(String)}, {places${index}:Array(Int16)}, toInt16(${kept.length + 1})) AS g${index}`;
  });
  const names = keys.map((key, index) => `grouping(${key}) = 0, '${baseline.segments[index]?.name ?? ""}', `);
  const values = keys.map((key, index) => `grouping(${key}) = 0, {texts${index}:Array(String)}[${key}], `);
  return {
    keys,
    selects: selects.join(""),
    name: keys.length === 0 ? "''" : `multiIf(${names.join("")}'')`,
    value: keys.length === 0 ? "''" : `multiIf(${values.join("")}'')`,
    parameters,
  };
}

/**
 * One INSERT … SELECT that counts some subjects over all segments, each in one scan of two or three columns: every
 * grouping set is one way to slice. The answer is as small as bins × segment values.
 */
export function profileStatement(
  system: System,
  baseline: Baseline,
  source: ProfileSource,
  subjects: readonly string[],
): Fragment {
  const segments = segmentFragments(baseline);
  const parts = subjects.map((subject, index) => subjectPart(baseline, source, segments, subject, `_${index}`));
  return {
    sql: `INSERT INTO profiles (${profileColumns}) ${parts.map((part) => part.sql).join(" UNION ALL ")}`,
    parameters: {
      ...Object.assign({}, ...parts.map((part) => part.parameters)),
      ...segments.parameters,
      ...source.parameters,
      system: system.name,
      baseline: baseline.id,
      kind: source.kind,
      version: source.version,
    },
  };
}

function subjectPart(
  baseline: Baseline,
  source: ProfileSource,
  segments: SegmentFragments,
  subject: string,
  tag: string,
): Fragment {
  const bin = subjectBin(baseline, subject, tag);
  const isScore = subject === scoreSubject;
  const sets = [["start", "bin"], ...segments.keys.map((key) => ["start", key, "bin"])]
    .map((set) => `(${set.join(", ")})`)
    .join(", ");
  const outcomes = isScore
    ? "countIf(outcome = 1), countIf(outcome = 0), sum(probability), sumIf(probability, isNotNull(outcome))"
    : "0, 0, 0, 0";
  return {
    sql: `SELECT {system:String}, {baseline:String}, {kind:String}, fromUnixTimestamp64Milli(start, 'UTC'), {version:UInt32}, {subject${tag}:String},
      ${segments.name}, ${segments.value}, bin, count(), ${outcomes}
    FROM (SELECT toInt64(${source.window}) AS start, ${isScore ? "probability, outcome, " : ""}toInt16(${bin.sql}) AS bin${segments.selects}
      FROM (${isScore ? source.scores : source.rows}))
    GROUP BY GROUPING SETS (${sets})`,
    parameters: { ...bin.parameters, [`subject${tag}`]: subject },
  };
}
