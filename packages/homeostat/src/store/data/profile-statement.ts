import {
  type Baseline,
  type FrozenClass,
  type FrozenScore,
  nullValue,
  otherValue,
} from "../../domain/baseline/baseline.ts";
import { confidenceSubject, scoreSubject } from "../../domain/baseline/profile-store.ts";
import { latencyEdgesMs, serviceSubject, untimedBin } from "../../domain/baseline/service-counts.ts";
import { unusualSubject } from "../../domain/baseline/unusual.ts";
import { invariant } from "../../domain/invariant.ts";
import type { System } from "../../domain/system/system.ts";
import type { QueryParameters } from "./data-client.ts";
import { edgeBin, type Fragment } from "./edge-bin.ts";
import { featureBin, unusualBinOf } from "./feature-bin.ts";

/** The bin of a subject in a row. `tag` keeps the parameters of several subjects in one statement apart. */
export function subjectBin(baseline: Baseline, subject: string, tag = ""): Fragment {
  if (subject === scoreSubject) return scoreBin(baseline.score, tag);
  if (subject === serviceSubject) return latencyBin(tag);
  if (subject === unusualSubject && baseline.unusual !== undefined)
    return unusualBinOf(baseline.features, baseline.unusual, tag);
  if (subject === confidenceSubject && baseline.score.kind === "class")
    return edgeBin("ifNull(confidence, 0)", baseline.score.confidenceEdges, tag);
  const feature = baseline.features.find((candidate) => candidate.name === subject);
  invariant(feature !== undefined, `the baseline has no feature ${subject}`);
  return featureBin(feature, tag);
}

function latencyBin(tag: string): Fragment {
  const bin = edgeBin("toFloat64(ifNull(latency_ms, 0))", latencyEdgesMs, tag);
  return {
    sql: `if(isNull(latency_ms), toInt16(${untimedBin}), toInt16(${bin.sql}))`,
    parameters: bin.parameters,
  };
}

function scoreBin(score: FrozenScore, tag: string): Fragment {
  switch (score.kind) {
    case "probability":
      return edgeBin("probability", score.edges, tag);
    case "value":
      return edgeBin("ifNull(value, 0)", score.edges, tag);
    case "class":
      return confusionCell(score, tag);
  }
}

/**
 * Predicted and actual class as one number: predicted × (n + 1) + actual of n classes, the last of them all others;
 * n stands for "not labelled yet". Read back by `cellOf`.
 */
function confusionCell({ classes }: FrozenClass, tag: string): Fragment {
  const known = `{classes${tag}:Array(String)}, {places${tag}:Array(Int16)}, toInt16(${classes.length})`;
  const place = (column: string): string => `transform(toString(ifNull(${column}, '')), ${known})`;
  const size = classes.length + 1;
  return {
    sql: `${place("class")} * ${size + 1} + if(isNull(outcome), ${size}, ${place("outcome")})`,
    parameters: { [`classes${tag}`]: classes, [`places${tag}`]: classes.map((_, index) => index) },
  };
}

/** The cell that a bin of a confusion stands for. */
export function cellOf(
  bin: number,
  { classes }: FrozenClass,
): { readonly predicted: number; readonly actual: number | undefined } {
  const size = classes.length + 1;
  const actual = bin % (size + 1);
  return { predicted: Math.floor(bin / (size + 1)), actual: actual === size ? undefined : actual };
}

/** What is counted of the rows of a bin: rows, positives, negatives, the two sums of scores, labelled rows, further sums. */
interface Measured {
  /** Columns that the aggregates look at. */
  readonly columns: string;
  readonly aggregates: string;
  /** Which scored rows count. */
  readonly condition?: string;
  readonly parameters?: QueryParameters;
}

// Of one type in every part of a statement: a union of a whole number and a fraction is no union.
const noCount = "toUInt64(0)";
const noSum = "toFloat64(0)";
const noSums = "emptyArrayFloat64()";
const countedOnly: Measured = {
  columns: "",
  aggregates: `count(), ${noCount}, ${noCount}, ${noSum}, ${noSum}, ${noCount}, ${noSums}`,
};

/** The twin of `serviceCountsOf` in the reader. */
const servedCounts: Measured = {
  columns:
    "ifNull(latency_ms, 0) AS took, ifNull(cost_usd, 0) AS paid, isNotNull(cost_usd) AS priced, status = 'error' AS failed, status = 'degraded' OR served_by IN ('previous-release', 'constant') AS degraded, ",
  aggregates:
    "count(), countIf(degraded AND NOT failed), countIf(failed), toFloat64(sum(took)), toFloat64(sum(paid)), countIf(priced), emptyArrayFloat64()",
};

/** The floor of a probability in a logarithm. */
const leastProbability = 1e-15;

function measuredOf(baseline: Baseline, subject: string, tag: string): Measured {
  const { score } = baseline;
  if (subject === confidenceSubject)
    return {
      columns:
        "ifNull(confidence, 0) AS score, toString(ifNull(outcome, '')) = toString(ifNull(class, '')) AS right, isNotNull(outcome) AS known, ",
      aggregates:
        "count(), countIf(known AND right), countIf(known AND NOT right), sum(score), sumIf(score, known), countIf(known), emptyArrayFloat64()",
      condition: "isNotNull(confidence)",
    };
  if (subject === serviceSubject) return servedCounts;
  if (subject !== scoreSubject) return countedOnly;
  switch (score.kind) {
    case "probability":
      return {
        columns: `probability, outcome, isNotNull(outcome) AS known, ifNull(outcome, 0) AS y, probability - y AS e, ${lossSql}, probability * (1 - probability) AS spread, 1 - 2 * probability AS slope, if(probability >= {threshold${tag}:Float64}, probability, 1 - probability) AS sure, toFloat64((probability >= {threshold${tag}:Float64}) = (y = 1)) AS right, `,
        aggregates: `count(), countIf(outcome = 1), countIf(outcome = 0), sum(probability), sumIf(probability, known), countIf(known), [${probabilitySumsSql}]`,
        parameters: { [`threshold${tag}`]: score.threshold },
      };
    case "value":
      return {
        columns: `ifNull(value, 0) AS said, isNotNull(outcome) AS known, ifNull(outcome, 0) AS y, said - y AS e, y - {origin${tag}:Float64} AS u, `,
        aggregates: `count(), ${noCount}, ${noCount}, sum(said), ${noSum}, countIf(known), [${regressionSumsSql}]`,
        condition: "isNotNull(value)",
        parameters: { [`origin${tag}`]: score.origin },
      };
    case "class":
      return {
        columns: `if(isNotNull(outcome) AND notEmpty(class_probabilities), -log(greatest(class_probabilities[toString(ifNull(outcome, ''))], ${leastProbability})), NULL) AS loss, isNotNull(outcome) AS known, `,
        aggregates: `count(), ${noCount}, ${noCount}, ${noSum}, ${noSum}, countIf(known), [toFloat64(count(loss)), ifNull(sum(loss), 0), ifNull(sum(loss * loss), 0)]`,
      };
  }
}

const lossSql = `-log(greatest(if(y = 1, probability, 1 - probability), ${leastProbability})) AS loss`;

/** In the order of `probabilitySumNames`. */
const probabilitySumsSql = [
  "e * e * e * e",
  "loss",
  "loss * loss",
  "spread",
  "(y - probability) * slope",
  "slope * slope * spread",
  "sure",
  "sure * sure",
  "right",
  "sure * right",
]
  .map((term) => `sumIf(${term}, known)`)
  .join(", ");

/** In the order of `regressionSumsOf` in the reader. */
const regressionSumsSql = [
  "toFloat64(countIf(known))",
  ...[
    "e",
    "abs(e)",
    "e * e",
    "e * e * e * e",
    "u",
    "u * u",
    "u * u * u",
    "u * u * u * u",
    "e * e * u",
    "e * e * u * u",
  ].map((term) => `sumIf(${term}, known)`),
  "toFloat64(countIf(known AND y != 0))",
  "sumIf(abs(e / y), known AND y != 0)",
  "sumIf((e / y) * (e / y), known AND y != 0)",
].join(", ");

/** Where the rows of a profile come from: statements that share their parameters. */
export interface ProfileSource {
  /** Start of the window a row belongs to, in milliseconds: an expression over `time`, or a parameter. */
  readonly window: string;
  /** Rows with the columns time, s_* and f_*. */
  readonly rows: string;
  /** Scored rows: time, s_*, probability and outcome. Apart, since joining outcomes is dear and only scores need it. */
  readonly scores: string;
  /** How rows were served: latency_ms, served_by, cost_usd, status, s_*. */
  readonly service: string;
  readonly parameters: QueryParameters;
  readonly kind: "reference" | "live";
  readonly version: number;
}

const profileColumns =
  "system, baseline, kind, window, version, subject, segment, value, bin, rows, positives, negatives, score_sum, labelled_score_sum, labelled, sums";

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
export function segmentFragments(baseline: Baseline): SegmentFragments {
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
  const ofPredictions = subject === scoreSubject || subject === confidenceSubject;
  const measured = measuredOf(baseline, subject, tag);
  const sets = [["start", "bin"], ...segments.keys.map((key) => ["start", key, "bin"])]
    .map((set) => `(${set.join(", ")})`)
    .join(", ");
  const rows = subject === serviceSubject ? source.service : ofPredictions ? source.scores : source.rows;
  const counted = measured.condition === undefined ? rows : `SELECT * FROM (${rows}) WHERE ${measured.condition}`;
  return {
    sql: `SELECT {system:String}, {baseline:String}, {kind:String}, fromUnixTimestamp64Milli(start, 'UTC'), {version:UInt32}, {subject${tag}:String},
      ${segments.name}, ${segments.value}, bin, ${measured.aggregates}
    FROM (SELECT toInt64(${source.window}) AS start, ${measured.columns}toInt16(${bin.sql}) AS bin${segments.selects}
      FROM (${counted}))
    GROUP BY GROUPING SETS (${sets})`,
    parameters: { ...bin.parameters, ...measured.parameters, [`subject${tag}`]: subject },
  };
}
