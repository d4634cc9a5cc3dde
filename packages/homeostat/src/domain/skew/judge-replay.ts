import { classifyCategoricalSkew } from "../../stats/skew/classify-categorical-skew.ts";
import { classifyNumericSkew, type SkewContext } from "../../stats/skew/classify-numeric-skew.ts";
import { laggedValues, staleLagHours } from "../../stats/skew/lagged-values.ts";
import { replayMismatchRate } from "../../stats/skew/replay-mismatch-rate.ts";
import { defaultSkewOptions, type SkewClassification } from "../../stats/skew/skew-pattern.ts";
import { hourMs } from "../instant.ts";
import { invariant } from "../invariant.ts";
import type { Feature, FeatureVector, Pipeline } from "../pipeline/pipeline.ts";
import type { FeatureReplay, ReplayConclusion, ReplayExample, ReplayReport, ServedSample } from "./replay.ts";
import { type SkewPattern, skewCauseOf, skewWords } from "./skew-cause.ts";

const examplesShown = 5;

/**
 * Compares the vectors of a sample with what the training pipeline makes of the same inputs, feature by feature, and
 * names the kind of mismatch where one rule explains it.
 *
 * Numbers match within 1e-9 + 1e-6·|recomputed|, which lets single precision pass; categories match exactly; NaN and the
 * infinities are missing values. Staleness is looked for only where rows belong to entities, since only then there is an
 * earlier value to compare with. `recomputed` has one vector per row, in the order of the rows. Pure.
 * Cost: O(rows · log rows · features) and, where values mismatch, as much again for every other numeric column.
 */
export function judgeReplay(
  release: string,
  pipeline: Pipeline,
  sample: ServedSample,
  recomputed: readonly FeatureVector[],
): ReplayReport {
  invariant(recomputed.length === sample.rows.length, "every replayed row has a recomputed vector");
  return {
    release,
    pipeline: pipeline.version,
    rows: sample.rows.length,
    withVector: sample.withVector,
    windowRows: sample.windowRows,
    features: pipeline.features.map((feature, place) => replayOf(pipeline, sample, recomputed, feature, place)),
  };
}

function replayOf(
  pipeline: Pipeline,
  sample: ServedSample,
  recomputed: readonly FeatureVector[],
  feature: Feature,
  place: number,
): FeatureReplay {
  const classified =
    feature.type === "number"
      ? numericSkew(pipeline, sample, recomputed, place)
      : categoricalSkew(sample, recomputed, place);
  const rate = replayMismatchRate(classified.mismatched, classified.rows);
  return {
    feature: feature.name,
    rows: classified.rows,
    mismatched: classified.mismatched,
    rate:
      rate.kind === "estimated"
        ? { value: rate.rate, lower: rate.lower, upper: rate.upper, atMost: rate.atMost }
        : undefined,
    conclusion: conclusionOf(classified),
    examples: classified.mismatched === 0 ? [] : examplesOf(feature, sample, recomputed, place),
  };
}

function categoricalSkew(
  sample: ServedSample,
  recomputed: readonly FeatureVector[],
  place: number,
): SkewClassification<SkewPattern> {
  return classifyCategoricalSkew(
    sample.rows.map((row, index) => ({
      logged: textOf(row.vector[place]),
      recomputed: textOf(recomputed[index]?.[place]),
    })),
  );
}

function numericSkew(
  pipeline: Pipeline,
  sample: ServedSample,
  recomputed: readonly FeatureVector[],
  place: number,
): SkewClassification<SkewPattern> {
  const columnOf = (at: number): (number | null)[] => recomputed.map((vector) => numberOf(vector[at]));
  const values = columnOf(place);
  const pairs = sample.rows.map((row, index) => ({
    logged: numberOf(row.vector[place]),
    recomputed: values[index] ?? null,
  }));
  const first = classifyNumericSkew(pairs);
  // What other columns and earlier moments hold is dear to look up, and of no use where all is well.
  if (first.kind === "match" || first.kind === "insufficient") return first;
  const otherColumns = pipeline.features.flatMap((other, at) =>
    at === place || other.type !== "number" ? [] : [{ column: other.name, values: columnOf(at) }],
  );
  const context: SkewContext = { otherColumns, lagged: laggedColumns(sample, values) };
  const second = classifyNumericSkew(pairs, context);
  const largest = largestDifference(pairs);
  return second.kind === "unexplained" && largest <= tinyDifference
    ? {
        kind: "classified",
        rows: second.rows,
        mismatched: second.mismatched,
        share: 1,
        finding: { pattern: "tiny_differences", largest },
      }
    : second;
}

/** A part in a thousand: libraries differ by less, faults in a pipeline hardly ever. */
const tinyDifference = 1e-3;

/** The largest difference relative to the recomputed value; infinite where one side is missing. */
function largestDifference(
  pairs: readonly { readonly logged: number | null; readonly recomputed: number | null }[],
): number {
  return pairs.reduce((largest, { logged, recomputed }) => {
    if (agree(logged, recomputed)) return largest;
    if (logged === null || recomputed === null) return Number.POSITIVE_INFINITY;
    return Math.max(largest, Math.abs(logged - recomputed) / Math.abs(recomputed));
  }, 0);
}

function laggedColumns(sample: ServedSample, values: readonly (number | null)[]): NonNullable<SkewContext["lagged"]> {
  if (!sample.rows.some((row) => row.entity !== "")) return [];
  const timed = sample.rows.map((row, index) => ({
    entity: row.entity,
    atHours: row.time / hourMs,
    value: values[index] ?? null,
  }));
  return staleLagHours.map((lag) => ({ lag, values: laggedValues(timed, lag) }));
}

function conclusionOf(classified: SkewClassification<SkewPattern>): ReplayConclusion {
  switch (classified.kind) {
    case "match":
      return { kind: "match" };
    case "classified":
      return {
        kind: "named",
        cause: skewCauseOf(classified.finding),
        pattern: classified.finding,
        share: classified.share,
        words: skewWords(classified.finding),
      };
    case "unexplained":
      return {
        kind: "unexplained",
        nearest: classified.best === null ? undefined : skewWords(classified.best.finding),
      };
    case "insufficient":
      return classified.mismatched === 0 ? { kind: "match" } : { kind: "too-few", need: classified.need };
  }
}

function examplesOf(
  feature: Feature,
  sample: ServedSample,
  recomputed: readonly FeatureVector[],
  place: number,
): readonly ReplayExample[] {
  const read = feature.type === "number" ? numberOf : textOf;
  const examples: ReplayExample[] = [];
  for (const [index, row] of sample.rows.entries()) {
    const served = read(row.vector[place]);
    const again = read(recomputed[index]?.[place]);
    if (!agree(served, again)) examples.push({ id: row.id, served, recomputed: again });
    if (examples.length === examplesShown) break;
  }
  return examples;
}

function agree(served: string | number | null, recomputed: string | number | null): boolean {
  if (typeof served !== "number" || typeof recomputed !== "number") return served === recomputed;
  const { absoluteTolerance, relativeTolerance } = defaultSkewOptions;
  return Math.abs(served - recomputed) <= absoluteTolerance + relativeTolerance * Math.abs(recomputed);
}

type Cell = FeatureVector[number] | undefined;

const numberOf = (cell: Cell): number | null => (typeof cell === "number" && Number.isFinite(cell) ? cell : null);
const textOf = (cell: Cell): string | null => (cell === null || cell === undefined ? null : String(cell));
