export type EconomicInterval =
  | { readonly kind: "interval"; readonly days: number; readonly costPerDay: number }
  /** Without decay retraining never pays; without cost it always does. */
  | { readonly kind: "never" | "always" };

/**
 * How often to retrain when the model decays steadily: the economic order quantity.
 *
 *     T = sqrt(2 C / r) days,   long-run cost sqrt(2 C r) per day
 *
 * `retrainingCost` C in money, `decayCost` r in money per day squared (each day since the last retraining costs r more than
 * the day before). (1000, 10) gives 14.142 days and 141.42 a day. Gives the calendar default; a series with jumps is
 * better served by `retrainingTrigger`. Throws on negative or non-finite numbers. Cost: O(1).
 * Source: Harris 1913; algorithms specification, section 12.
 */
export function economicInterval(retrainingCost: number, decayCost: number): EconomicInterval {
  if (!(retrainingCost >= 0 && decayCost >= 0 && Number.isFinite(retrainingCost) && Number.isFinite(decayCost))) {
    throw new RangeError("costs must be finite and not negative");
  }
  if (decayCost === 0) return { kind: "never" };
  if (retrainingCost === 0) return { kind: "always" };
  return {
    kind: "interval",
    days: Math.sqrt((2 * retrainingCost) / decayCost),
    costPerDay: Math.sqrt(2 * retrainingCost * decayCost),
  };
}

/** The decay cost per day squared that a present habit of retraining every `days` implies: r = 2 C / T^2. */
export function impliedDecayCost(retrainingCost: number, days: number): number {
  if (!(retrainingCost >= 0 && days > 0))
    throw new RangeError("the cost must not be negative and the interval must be positive");
  return (2 * retrainingCost) / (days * days);
}
