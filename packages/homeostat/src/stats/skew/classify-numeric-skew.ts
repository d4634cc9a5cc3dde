import {
  affineHypotheses,
  constantHypotheses,
  type FinitePair,
  hourHypotheses,
  logHypotheses,
  type NumericMismatches,
  type NumericPair,
  nullHypotheses,
  offsetHypotheses,
  precisionHypotheses,
  scaleHypotheses,
} from "./numeric-hypotheses.ts";
import {
  concludeSkew,
  defaultSkewOptions,
  type NumericSkewPattern,
  type SkewClassification,
  type SkewHypothesis,
  type SkewOptions,
} from "./skew-pattern.ts";

/** What else is known about the replayed rows, one entry per row in the order of the pairs. */
export interface SkewContext {
  /** Recomputed values as of earlier moments, one array per lag (hours): for stale features. */
  readonly lagged?: readonly { readonly lag: number; readonly values: readonly (number | null)[] }[];
  /** Recomputed values of other columns: for columns in each other's place. */
  readonly otherColumns?: readonly { readonly column: string; readonly values: readonly (number | null)[] }[];
}

/**
 * Names the rule by which logged values of a numeric feature differ from their recomputation.
 *
 * A row matches when |l - r| <= atol + rtol |r|, or both are null (NaN counts as null). On the mismatched rows each
 * hypothesis explains a share; the largest share wins if it is at least 0.8 (rounded to a percent), ties going to the
 * more specific rule (null handling, hours, clipping, constants, float32, rounding, offset, scale, log, affine, stale,
 * swapped column). Fewer than 20 mismatched rows give `insufficient`: a rule fitted to a handful is a guess.
 * For float32 pass a relative tolerance of 1e-9, otherwise such rows match.
 * Cost: O(rows log rows). Source: algorithms specification, section 10.
 */
export function classifyNumericSkew(
  pairs: readonly NumericPair[],
  context: SkewContext = {},
  options: SkewOptions = defaultSkewOptions,
): SkewClassification<NumericSkewPattern> {
  const mismatchedRows = pairs.flatMap((pair, row) => (isMatch(pair, options) ? [] : [row]));
  const mismatched = mismatchedRows.length;
  const rows = pairs.length;
  if (rows > 0 && mismatched === 0) return { kind: "match", rows, mismatched: 0 };
  if (mismatched < Math.max(1, options.minimumMismatches)) {
    return { kind: "insufficient", rows, mismatched, need: Math.max(1, options.minimumMismatches) };
  }
  const data = mismatchesOf(pairs, mismatchedRows);
  const hypotheses = [
    ...nullHypotheses(data),
    ...hourHypotheses(data),
    ...constantHypotheses(data),
    ...precisionHypotheses(data),
    ...offsetHypotheses(data),
    ...scaleHypotheses(data),
    ...logHypotheses(data),
    ...affineHypotheses(data),
    ...contextHypotheses(pairs, mismatchedRows, context, options),
  ].filter((hypothesis) => hypothesis.share > 0);
  return concludeSkew(rows, mismatched, hypotheses, options);
}

/** The number itself, or null for null, NaN and infinities. */
function valueOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function isClose(logged: number, recomputed: number, options: SkewOptions): boolean {
  return Math.abs(logged - recomputed) <= options.absoluteTolerance + options.relativeTolerance * Math.abs(recomputed);
}

function isMatch(pair: NumericPair, options: SkewOptions): boolean {
  const logged = valueOrNull(pair.logged);
  const recomputed = valueOrNull(pair.recomputed);
  if (logged === null || recomputed === null) return logged === recomputed;
  return isClose(logged, recomputed, options);
}

function mismatchesOf(pairs: readonly NumericPair[], mismatchedRows: readonly number[]): NumericMismatches {
  const finite: FinitePair[] = [];
  const imputed: number[] = [];
  let lost = 0;
  for (const row of mismatchedRows) {
    const logged = valueOrNull(pairs[row]?.logged ?? null);
    const recomputed = valueOrNull(pairs[row]?.recomputed ?? null);
    if (logged !== null && recomputed !== null) finite.push({ logged, recomputed });
    else if (logged !== null) imputed.push(logged);
    else lost += 1;
  }
  const allLogged = pairs.map((pair) => valueOrNull(pair.logged)).filter((value) => value !== null);
  const differing = new Set(mismatchedRows);
  const matching = pairs
    .map((pair, row) => (differing.has(row) ? null : valueOrNull(pair.logged)))
    .filter((value) => value !== null);
  return { mismatched: mismatchedRows.length, finite, imputed, lost, allLogged, matching };
}

/** Stale values (5) and values of another column (6). */
function contextHypotheses(
  pairs: readonly NumericPair[],
  mismatchedRows: readonly number[],
  context: SkewContext,
  options: SkewOptions,
): readonly SkewHypothesis<NumericSkewPattern>[] {
  const shareExplained = (values: readonly (number | null)[]): number => {
    const explained = mismatchedRows.filter((row) => {
      const logged = valueOrNull(pairs[row]?.logged ?? null);
      const other = valueOrNull(values[row] ?? null);
      return logged !== null && other !== null && isClose(logged, other, options);
    });
    return explained.length / mismatchedRows.length;
  };
  const stale = (context.lagged ?? []).map(({ lag, values }): SkewHypothesis<NumericSkewPattern> => {
    return { finding: { pattern: "stale", lag }, share: shareExplained(values), priority: 5 + lag / 1e6 };
  });
  const swapped = (context.otherColumns ?? []).map(({ column, values }): SkewHypothesis<NumericSkewPattern> => {
    return { finding: { pattern: "column_swap", column }, share: shareExplained(values), priority: 6 };
  });
  return [...stale, ...swapped];
}
