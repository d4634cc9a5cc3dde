/** Where the change may have happened: a grid of times (hours, any common origin) and the probability of each. */
export interface ChangeTimePosterior {
  readonly hours: readonly number[];
  readonly weights: readonly number[];
}

export interface TimeDensityInput {
  readonly changeTime: ChangeTimePosterior;
  /** When the event was logged, hours on the same clock as `changeTime.hours`. */
  readonly atHours: number;
  /** Mean delay from event to harm for events of this kind, hours (> 0). */
  readonly decayHours: number;
  /** How long after the estimated onset an event may still be its cause (dating is not exact). */
  readonly toleranceHours: number;
  /** Added so that no event is ever impossible, only very unlikely. */
  readonly floor: number;
}

/**
 * Density of the onset given that this event caused it, averaged over where the onset may be.
 *
 *     T = sum over tau of pi(tau) 1[tau - t >= -tolerance] exp(-max(tau - t, 0) / decay) / decay + floor
 *
 * Unit: per hour. Weights that do not sum to one are normalised; an empty or all-zero posterior leaves only the floor.
 * Cost: O(length of the grid). Source: algorithms specification, section 6.1.
 */
export function timeDensity(input: TimeDensityInput): number {
  const { hours, weights } = input.changeTime;
  if (hours.length !== weights.length) throw new RangeError("change time: one weight per hour is needed");
  let total = 0;
  let mass = 0;
  for (let i = 0; i < hours.length; i++) {
    const weight = Math.max(0, weights[i] ?? 0);
    const lag = (hours[i] ?? 0) - input.atHours;
    mass += weight;
    if (lag >= -input.toleranceHours)
      total += (weight * Math.exp(-Math.max(lag, 0) / input.decayHours)) / input.decayHours;
  }
  return (mass > 0 ? total / mass : 0) + input.floor;
}
