/** A hidden Markov model with one Gaussian per state, states ordered by rising variance. */
export interface GaussianHmm {
  readonly initial: readonly number[];
  /** transition[i][j]: probability of going from state i to state j. */
  readonly transition: readonly (readonly number[])[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

export interface HmmFilter {
  readonly logLikelihood: number;
  /** probabilities[t][k]: probability of state k at t given the series up to and including t. Live numbers, never smoothed. */
  readonly probabilities: readonly (readonly number[])[];
}

/** ln sqrt(2 pi). */
const LN_ROOT_TWO_PI = 0.9189385332046727;

/** Log density of each state at one value; a non-finite value says nothing about the state. */
export function emissionLogs(model: Pick<GaussianHmm, "means" | "deviations">, value: number): readonly number[] {
  if (!Number.isFinite(value)) return model.means.map(() => 0);
  return model.means.map((mean, k) => {
    const deviation = model.deviations[k] ?? 1;
    const z = (value - mean) / deviation;
    return -0.5 * z * z - Math.log(deviation) - LN_ROOT_TWO_PI;
  });
}

/**
 * Forward filter: alpha_t proportional to (alpha_{t-1} A) * b(x_t), normalised at each step.
 *
 * Uses nothing after t, so each entry is what could have been said at that moment. Emissions are scaled by their largest
 * per step, so tiny densities do not underflow. Missing values (non-finite) only carry the chain forward.
 * Cost: O(steps * states^2). Source: Rabiner 1989; algorithms specification, section 8.
 */
export function hmmFilter(model: GaussianHmm, values: ArrayLike<number>): HmmFilter {
  let previous = model.initial;
  let logLikelihood = 0;
  const probabilities: (readonly number[])[] = [];
  for (let t = 0; t < values.length; t++) {
    const predicted = t === 0 ? previous : stepForward(previous, model.transition);
    const logs = emissionLogs(model, values[t] ?? Number.NaN);
    const peak = Math.max(...logs);
    const joint = predicted.map((p, k) => p * Math.exp((logs[k] ?? 0) - peak));
    const total = joint.reduce((sum, p) => sum + p, 0);
    // Only when a state of zero prior probability is the sole one to explain the value: carry the prediction on.
    previous = total > 0 ? joint.map((p) => p / total) : predicted;
    logLikelihood += Math.log(total > 0 ? total : Number.MIN_VALUE) + peak;
    probabilities.push(previous);
  }
  return { logLikelihood, probabilities };
}

/** One step of the chain without an observation. */
export function stepForward(
  probabilities: readonly number[],
  transition: readonly (readonly number[])[],
): readonly number[] {
  return probabilities.map((_, k) => probabilities.reduce((sum, p, j) => sum + p * (transition[j]?.[k] ?? 0), 0));
}
