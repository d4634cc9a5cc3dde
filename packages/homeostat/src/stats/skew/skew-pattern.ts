/** How the logged value of a numeric feature differs from its recomputation, when one rule explains it. */
export type NumericSkewPattern =
  | { readonly pattern: "null_imputed"; readonly value: number }
  | { readonly pattern: "value_lost_to_null" }
  | { readonly pattern: "timezone_hours"; readonly hours: number }
  | { readonly pattern: "clip_high" | "clip_low"; readonly bound: number }
  | { readonly pattern: "constant_or_default"; readonly value: number }
  | { readonly pattern: "float32" }
  | { readonly pattern: "rounding" | "trunc"; readonly digits: number }
  | { readonly pattern: "offset" | "timezone_seconds"; readonly offset: number }
  | { readonly pattern: "daylight_saving"; readonly offsets: readonly [number, number] }
  | { readonly pattern: "scale" | "unit_scale"; readonly factor: number }
  | { readonly pattern: "sign_flip" }
  | { readonly pattern: "log1p" }
  | { readonly pattern: "affine" | "F_vs_C"; readonly slope: number; readonly intercept: number }
  | { readonly pattern: "stale"; readonly lag: number }
  | { readonly pattern: "column_swap"; readonly column: string };

export type CategoricalSkewPattern =
  | { readonly pattern: "null_imputed"; readonly value: string }
  | { readonly pattern: "value_lost_to_null" }
  | { readonly pattern: "case_or_whitespace" }
  | { readonly pattern: "swapped"; readonly values: readonly [string, string] }
  | { readonly pattern: "permuted" | "renamed" | "merged"; readonly mapping: Readonly<Record<string, string>> }
  | { readonly pattern: "collapsed_to_default"; readonly value: string };

/** What a classifier of mismatches concludes. */
export type SkewClassification<Pattern> =
  /** Nothing differs beyond tolerance. */
  | { readonly kind: "match"; readonly rows: number; readonly mismatched: 0 }
  | {
      readonly kind: "classified";
      readonly rows: number;
      readonly mismatched: number;
      /** Share of the mismatched rows that the pattern explains. */
      readonly share: number;
      readonly finding: Pattern;
    }
  /** No pattern explains enough: `best` is the nearest, for a person to look at. */
  | {
      readonly kind: "unexplained";
      readonly rows: number;
      readonly mismatched: number;
      readonly best: { readonly finding: Pattern; readonly share: number } | null;
    }
  /** Too few mismatched rows to name a pattern. */
  | { readonly kind: "insufficient"; readonly rows: number; readonly mismatched: number; readonly need: number };

/** A rule tried on the mismatched rows. Lower priority wins among rules that explain equally much. */
export interface SkewHypothesis<Pattern> {
  readonly finding: Pattern;
  readonly share: number;
  readonly priority: number;
}

export interface SkewOptions {
  readonly absoluteTolerance: number;
  readonly relativeTolerance: number;
  /** Fewest mismatched rows on which a pattern is named. */
  readonly minimumMismatches: number;
  /** Share a pattern must explain to be named. */
  readonly minimumShare: number;
}

/** Tolerances of the replay lane; the strict lane for float32 truncation uses a relative tolerance of 1e-9. */
export const defaultSkewOptions: SkewOptions = {
  absoluteTolerance: 1e-9,
  relativeTolerance: 1e-6,
  minimumMismatches: 20,
  minimumShare: 0.8,
};

/** The hypothesis with the largest share, shares rounded to a percent; ties go to the lower priority number. */
export function bestHypothesis<Pattern>(
  hypotheses: readonly SkewHypothesis<Pattern>[],
): SkewHypothesis<Pattern> | null {
  let best: SkewHypothesis<Pattern> | null = null;
  for (const hypothesis of hypotheses) {
    const share = Math.round(hypothesis.share * 100);
    const bestShare = best === null ? -1 : Math.round(best.share * 100);
    if (share > bestShare || (best !== null && share === bestShare && hypothesis.priority < best.priority))
      best = hypothesis;
  }
  return best;
}

/** Turns the hypotheses about the mismatched rows into a conclusion. Cost: O(hypotheses). */
export function concludeSkew<Pattern>(
  rows: number,
  mismatched: number,
  hypotheses: readonly SkewHypothesis<Pattern>[],
  options: SkewOptions,
): SkewClassification<Pattern> {
  const best = bestHypothesis(hypotheses);
  if (best === null) return { kind: "unexplained", rows, mismatched, best: null };
  if (Math.round(best.share * 100) >= Math.round(options.minimumShare * 100)) {
    return { kind: "classified", rows, mismatched, share: best.share, finding: best.finding };
  }
  return { kind: "unexplained", rows, mismatched, best: { finding: best.finding, share: best.share } };
}
