export interface ExpectedGainInput {
  /** Lower confidence bound of (loss now - loss of the challenger) per row, from the same rows. */
  readonly gainLowerBound: number;
  readonly rowsPerDay: number;
  readonly horizonDays: number;
  readonly costPerLoss: number;
  readonly retrainingCost: number;
}

export interface ExpectedGain {
  readonly kind: "worthwhile" | "not-worthwhile";
  readonly gain: number;
  /** gain - retrainingCost. */
  readonly net: number;
}

/**
 * Whether a challenger is expected to earn back its cost: gain bound * rows * days * cost per unit of loss > C.
 *
 * Uses the lower bound of the paired gain, so an uncertain gain is a small one. Cost: O(1).
 * Source: algorithms specification, section 12.
 */
export function expectedGain(input: ExpectedGainInput): ExpectedGain {
  const gain = input.gainLowerBound * input.rowsPerDay * input.horizonDays * input.costPerLoss;
  const net = gain - input.retrainingCost;
  return { kind: net > 0 ? "worthwhile" : "not-worthwhile", gain, net };
}
