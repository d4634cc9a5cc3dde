/**
 * How a feature is cut into bins. Frozen with the baseline and never recomputed from a window: a test whose bins look at
 * the window has no known null law.
 */
export type Binning = NumericBinning | CategoricalBinning;

/**
 * Bins of a number: `edges` e₁ < … < e_k cut the line into k + 1 half-open intervals (−∞,e₁) [e₁,e₂) … [e_k,+∞), and one
 * last bin holds what is not a finite number. A heavy value v (zero inflation, a default such as −999) owns the bin
 * [v, next double after v), so it is listed in `points` and its two ends are ordinary edges: every consumer, SQL too,
 * needs only one sorted list and one binary search.
 */
export interface NumericBinning {
  readonly kind: "numeric";
  readonly edges: readonly number[];
  readonly points: readonly number[];
}

/**
 * Bins of a category: one per name in `categories` (most frequent in the baseline first), then OTHER (the rarer baseline
 * names in `others`), NEW (never seen in the baseline) and NULL. When the tail was too long to list, `othersComplete` is
 * false: then a name outside both lists counts as OTHER, because calling it new would be a guess.
 */
export interface CategoricalBinning {
  readonly kind: "categorical";
  readonly categories: readonly string[];
  readonly others: readonly string[];
  readonly othersComplete: boolean;
}

/** A value as it reaches a binning. Booleans and other kinds are turned into strings by the caller. */
export type BinnableValue = number | string | null | undefined;

/** The number of bins of a binning, NULL included. */
export function binCountOf(binning: Binning): number {
  return binning.kind === "numeric" ? binning.edges.length + 2 : binning.categories.length + 3;
}

/** The index of the bin that holds missing values: always the last one. */
export function nullBinOf(binning: Binning): number {
  return binCountOf(binning) - 1;
}

/** The index of the NEW bin of a categorical binning. */
export function newBinOf(binning: CategoricalBinning): number {
  return binning.categories.length + 1;
}
