import { driftVerdict } from "../../stats/distance/drift-verdict.ts";
import { type FeatureDrift, featureDrift } from "../../stats/distance/feature-drift.ts";
import { nullBinOf } from "../../stats/histogram/binning.ts";
import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import { newCategoryPValue } from "../../stats/hypothesis/new-category.ts";
import { twoProportionTest } from "../../stats/hypothesis/two-proportions.ts";
import type { ComparedCell, ComparedColumn, ComparedSegment, OutsideRange } from "./compared-column.ts";

/** One question about one column in one part of the rows, answered. */
export interface ColumnFinding {
  readonly column: string;
  readonly role: ComparedColumn["role"];
  readonly segment: ComparedSegment | undefined;
  readonly question: ColumnQuestion;
  readonly verdict: ComparisonVerdict;
  /** Names the statistic and its variant, as `psi/jeffreys`. */
  readonly metric: string;
  /** PSI, or a share of the current rows. undefined with too few rows. */
  readonly value: number | undefined;
  /** The same share in the reference; undefined for PSI. */
  readonly referenceValue: number | undefined;
  /** What the thresholds are held against: the debiased PSI, or the growth of a share. */
  readonly effect: number | undefined;
  /** One-sided 95 % lower limit of the effect, where there is one. */
  readonly lower95: number | undefined;
  readonly expectedByChance: number | undefined;
  readonly pValue: number | undefined;
  /** After control of false discoveries over every question asked. */
  readonly adjustedPValue: number | undefined;
  /** The smallest PSI that these rows would have shown with power 0.9. */
  readonly smallestVisible: number | undefined;
  readonly rows: number;
  readonly referenceRows: number;
}

/** distribution: has its shape moved; missing: are more values missing; new-values and range: values never seen before. */
type ColumnQuestion = "distribution" | "missing" | "new-values" | "range";
/** not-checked: shown beside what is judged, without a verdict of its own. */
export type ComparisonVerdict = "critical" | "warning" | "healthy" | "not-enough-data" | "not-checked";

/** When a real difference matters. Shares from 0 to 1; PSI debiased. */
export interface ComparisonThresholds {
  readonly psiWarning: number;
  readonly psiCritical: number;
  readonly missingWarning: number;
  readonly missingCritical: number;
  /** Share of rows with a value that the reference never had, or outside its range. */
  readonly unseenWarning: number;
  readonly unseenCritical: number;
  /** Expected share of false ones among what is called real. */
  readonly falseDiscoveryRate: number;
}

const comparisonThresholds: ComparisonThresholds = {
  psiWarning: 0.1,
  psiCritical: 0.25,
  missingWarning: 0.01,
  missingCritical: 0.1,
  unseenWarning: 0.001,
  unseenCritical: 0.01,
  falseDiscoveryRate: 0.01,
};

/** A column that was never empty and now is in more than one row of a hundred is broken (R2). */
const neverEmptyCritical = 0.01;

interface Asked {
  readonly column: ComparedColumn;
  readonly segment: ComparedSegment | undefined;
  readonly question: ColumnQuestion;
  readonly drift: FeatureDrift;
  readonly rows: number;
  readonly referenceRows: number;
  readonly value: number | undefined;
  readonly referenceValue: number | undefined;
  readonly pValue: number | null;
}

/**
 * Every column in every part of the rows: is the difference real (p-value after Benjamini-Hochberg over all questions),
 * and is it large enough to matter (thresholds on the effect). Both gates make a warning or a critical finding; one alone
 * makes none, so that three million rows do not turn a PSI of 0.001 into news. Rows are taken as independent: two tables
 * do not tell how much healthy ones differ. Cost: 0.3 ms a column and part.
 */
export function judgeColumns(
  columns: readonly ComparedColumn[],
  thresholds: ComparisonThresholds = comparisonThresholds,
): readonly ColumnFinding[] {
  const asked = columns.flatMap((column) =>
    column.cells
      // A segment's own column is the same value all over.
      .filter(({ segment }) => segment?.name !== column.name)
      .flatMap((cell) => questionsOf(column, cell)),
  );
  const { adjusted } = benjaminiHochberg(
    asked.map(({ pValue }) => pValue),
    thresholds.falseDiscoveryRate,
  );
  return asked.map((question, index) => answered(question, adjusted[index] ?? Number.NaN, thresholds));
}

function questionsOf(column: ComparedColumn, cell: ComparedCell): readonly Asked[] {
  const drift = featureDrift(column.binning, cell.current, cell.reference);
  const rows = total(cell.current);
  const referenceRows = total(cell.reference);
  const nulls = nullBinOf(column.binning);
  const base = { column, segment: cell.segment, drift, rows, referenceRows };
  const share = (count: number, of: number): number | undefined => (of === 0 ? undefined : count / of);
  // A column with one value in both tables has no distribution to compare; what is new in it is asked below.
  const isConstant = drift.shift.kind === "insufficient" && drift.shift.reason === "bins";
  const asked: Asked[] = [
    ...(isConstant ? [] : [distributionOf(base)]),
    {
      ...base,
      question: "missing",
      value: share(cell.current[nulls] ?? 0, rows),
      referenceValue: share(cell.reference[nulls] ?? 0, referenceRows),
      pValue: drift.missing.kind === "measured" ? drift.missing.pValue : null,
    },
  ];
  if (cell.segment !== undefined) return asked;
  const known = {
    rows: rows - (cell.current[nulls] ?? 0),
    referenceRows: referenceRows - (cell.reference[nulls] ?? 0),
  };
  const unseen = unseenOf(column, drift, known);
  if (unseen === undefined) return asked;
  return [...asked, { ...base, ...unseen, value: share(unseen.unseenRows, known.rows), referenceValue: 0 }];
}

function distributionOf(base: Pick<Asked, "column" | "segment" | "drift" | "rows" | "referenceRows">): Asked {
  const { shift } = base.drift;
  const measured = shift.kind === "measured" ? shift : undefined;
  return {
    ...base,
    question: "distribution",
    value: measured?.value,
    referenceValue: undefined,
    pValue: measured?.pValue ?? null,
  };
}

interface Unseen {
  readonly question: "new-values" | "range";
  readonly unseenRows: number;
  readonly referenceRows: number;
  readonly pValue: number | null;
}

function unseenOf(
  column: ComparedColumn,
  drift: FeatureDrift,
  known: { readonly rows: number; readonly referenceRows: number },
): Unseen | undefined {
  if (column.binning.kind === "categorical") {
    if (!column.binning.othersComplete) return undefined;
    return {
      question: "new-values",
      unseenRows: drift.newValues.rows,
      referenceRows: 0,
      pValue: drift.newValues.pValue,
    };
  }
  if (column.outside === undefined) return undefined;
  const { rows, referenceRows } = column.outside;
  return { question: "range", unseenRows: rows, referenceRows, pValue: rangePValue(column.outside, known) };
}

/**
 * Among exchangeable rows the k most extreme are all current ones with the chance that new values have; the k may be
 * shared out over two ends, so that the run below the reference and the one above are two geometric counts:
 * P(sum ≥ k) = πᵏ·(1 + k·(1−π)), π the share of current rows.
 */
function rangePValue(
  outside: OutsideRange,
  known: { readonly rows: number; readonly referenceRows: number },
): number | null {
  if (known.rows === 0 || known.referenceRows === 0) return null;
  if (outside.referenceRows === 0) {
    const others = known.referenceRows / (known.rows + known.referenceRows);
    return Math.min(1, newCategoryPValue(outside.rows, known.rows, known.referenceRows) * (1 + outside.rows * others));
  }
  const counts = {
    hits: outside.rows,
    rows: known.rows,
    baselineHits: outside.referenceRows,
    baselineRows: known.referenceRows,
  };
  const test = twoProportionTest(counts, "greater");
  return test.kind === "measured" ? test.pValue : null;
}

function answered(asked: Asked, adjusted: number, thresholds: ComparisonThresholds): ColumnFinding {
  const { column, segment, question, drift, rows, referenceRows, value, referenceValue } = asked;
  const { shift } = drift;
  const isShift = question === "distribution" && shift.kind === "measured";
  const effect = isShift ? shift.debiased : growth(value, referenceValue);
  return {
    column: column.name,
    role: column.role,
    segment,
    question,
    verdict: verdictOf(asked, effect, adjusted, thresholds),
    metric: question === "distribution" ? shift.variant : `share/${question}`,
    value,
    referenceValue,
    effect,
    lower95: isShift ? shift.lower95 : undefined,
    expectedByChance: isShift ? shift.expectedByChance : undefined,
    pValue: asked.pValue ?? undefined,
    adjustedPValue: Number.isNaN(adjusted) ? undefined : adjusted,
    smallestVisible: isShift ? (shift.minimumDetectable ?? undefined) : undefined,
    rows,
    referenceRows,
  };
}

const growth = (value: number | undefined, reference: number | undefined): number | undefined =>
  value === undefined || reference === undefined ? undefined : value - reference;

function verdictOf(
  { question, drift, referenceValue, value }: Asked,
  effect: number | undefined,
  adjusted: number,
  thresholds: ComparisonThresholds,
): ComparisonVerdict {
  if (effect === undefined || Number.isNaN(adjusted)) return "not-enough-data";
  if (adjusted > thresholds.falseDiscoveryRate) return "healthy";
  const graded = (warning: number, critical: number): ComparisonVerdict =>
    effect >= critical ? "critical" : effect >= warning ? "warning" : "healthy";
  switch (question) {
    case "distribution": {
      const { psiWarning: minor, psiCritical: major, falseDiscoveryRate: alpha } = thresholds;
      const verdict = driftVerdict(drift.shift, adjusted, { minor, major, alpha });
      if (verdict.kind === "insufficient") return "not-enough-data";
      return graded(minor, major);
    }
    case "missing":
      if (referenceValue === 0 && (value ?? 0) > neverEmptyCritical) return "critical";
      // Values where there were none are a change upstream too, though nothing is broken by it.
      if (effect <= -thresholds.missingCritical) return "warning";
      return graded(thresholds.missingWarning, thresholds.missingCritical);
    case "new-values":
    case "range":
      return graded(thresholds.unseenWarning, thresholds.unseenCritical);
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
