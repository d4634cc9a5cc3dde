/**
 * Sums over labelled rows that the metrics of a probability follow from, beside counts and sums by score bin: p the
 * probability, y the label (0 or 1), c the confidence in the decision (p, or 1 - p below the threshold). They add over
 * windows.
 */
export interface ProbabilitySums {
  /** sum (p-y)^4 */
  readonly quarticError: number;
  /** sum -ln p(y), and of its square */
  readonly logLoss: number;
  readonly logLossSquare: number;
  /** sum p(1-p) */
  readonly spread: number;
  /** sum (y-p)(1-2p); with the spread it makes sum (y-p)^2 */
  readonly residualSlope: number;
  /** sum (1-2p)^2 p(1-p) */
  readonly slopeSpread: number;
  readonly confidence: number;
  readonly confidenceSquare: number;
  /** Rows whose decision was right. */
  readonly correct: number;
  /** sum c over the rows that were right. */
  readonly confidenceCorrect: number;
}

/** In the order in which the data store keeps them. */
export const probabilitySumNames = [
  "quarticError",
  "logLoss",
  "logLossSquare",
  "spread",
  "residualSlope",
  "slopeSpread",
  "confidence",
  "confidenceSquare",
  "correct",
  "confidenceCorrect",
] as const satisfies readonly (keyof ProbabilitySums)[];

/** Sums from their list; undefined for a list of another length, as counts of an earlier version have it. */
export function probabilitySumsOf(values: readonly number[]): ProbabilitySums | undefined {
  if (values.length !== probabilitySumNames.length) return undefined;
  return Object.fromEntries(probabilitySumNames.map((name, index) => [name, values[index] ?? 0])) as Record<
    keyof ProbabilitySums,
    number
  >;
}

/** Of two windows together. undefined where either was counted without sums though it has labelled rows. */
export function addProbabilitySums(
  left: ProbabilitySums | undefined,
  right: ProbabilitySums | undefined,
): ProbabilitySums | undefined {
  if (left === undefined || right === undefined) return undefined;
  return Object.fromEntries(probabilitySumNames.map((name) => [name, left[name] + right[name]])) as Record<
    keyof ProbabilitySums,
    number
  >;
}

export const noProbabilitySums: ProbabilitySums = {
  quarticError: 0,
  logLoss: 0,
  logLossSquare: 0,
  spread: 0,
  residualSlope: 0,
  slopeSpread: 0,
  confidence: 0,
  confidenceSquare: 0,
  correct: 0,
  confidenceCorrect: 0,
};
