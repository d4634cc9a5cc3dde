/**
 * What a label-free or late-label estimate rests on. Printed beside every such number, because the inputs alone cannot
 * show most of these to be false.
 */
export type Assumption =
  /** P(label | score) is what it was at the baseline: no concept drift, no shift in a variable the model cannot see. */
  | "label-law-unchanged"
  /** Only the inputs moved; P(label | inputs) did not. */
  | "covariate-shift-only"
  /** Every kind of current row was also seen at the baseline. */
  | "baseline-covers-current"
  /** The labelled rows are a random sample of all rows. */
  | "labelled-at-random"
  /** Labels take as long to arrive as they used to. */
  | "delay-law-unchanged"
  /** No label arrives after the last delay observed. */
  | "delay-ends-at-last-column"
  /** Within a class, when a label arrives says nothing more about the row. */
  | "delay-depends-on-class-only"
  /** A regressor of the loss is as right today as out of fold at the baseline. */
  | "loss-model-unchanged";

/**
 * "assumed": the data cannot tell. "supported": tested and not contradicted. "contradicted": tested and false at 1 %.
 */
export type Standing = "assumed" | "supported" | "contradicted";

export interface Caveat {
  readonly assumption: Assumption;
  readonly standing: Standing;
  /** p-value of the test behind "supported" and "contradicted"; null when there was none. */
  readonly p: number | null;
}

/** A caveat nothing could test. */
export function assumed(assumption: Assumption): Caveat {
  return { assumption, standing: "assumed", p: null };
}

/** A caveat tested at 1 %. */
export function tested(assumption: Assumption, p: number): Caveat {
  return { assumption, standing: p < 0.01 ? "contradicted" : "supported", p };
}
