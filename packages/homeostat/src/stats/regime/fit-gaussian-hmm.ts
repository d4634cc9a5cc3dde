import { LARGEST_SQUARED } from "../performance/refusal.ts";
import { emissionLogs, type GaussianHmm } from "./gaussian-hmm.ts";

export interface HmmFitOptions {
  readonly maximumIterations: number;
  /** Stop when the log likelihood grows by less than this share of itself. */
  readonly tolerance: number;
  readonly varianceFloor: number;
}

export const defaultHmmFitOptions: HmmFitOptions = { maximumIterations: 200, tolerance: 1e-8, varianceFloor: 1e-10 };

export type HmmFit =
  | {
      readonly kind: "fitted";
      readonly model: GaussianHmm;
      readonly logLikelihood: number;
      /** -2 ln L + parameters * ln n; the smaller the better. */
      readonly bic: number;
      readonly iterations: number;
      readonly converged: boolean;
    }
  | { readonly kind: "insufficient"; readonly have: number; readonly need: number };

/**
 * Fits a Gaussian hidden Markov model with `states` states by Baum-Welch.
 *
 * Starts from groups of |x| by quantile (calm to wild), so nothing is left to chance; variances are kept above a floor
 * (1e-10, or a millionth of the overall variance if larger), against a state that collapses onto one value; states are
 * ordered by variance, so labels never switch between fits. One state is the plain normal fit. Needs 10 finite values per
 * parameter; values that are not finite or above 1e150 are left out. EM finds a local optimum: compare likelihoods only between fits of the same
 * series. Cost: O(iterations * steps * states^2). Source: Baum et al. 1970; algorithms specification, section 8.
 */
export function fitGaussianHmm(
  values: ArrayLike<number>,
  states: number,
  options: HmmFitOptions = defaultHmmFitOptions,
): HmmFit {
  const series = Array.from(values).filter((x) => Math.abs(x) <= LARGEST_SQUARED);
  const parameters = states * states - 1 + 2 * states;
  const need = 10 * parameters;
  if (series.length < need) return { kind: "insufficient", have: series.length, need };
  const overall = varianceOf(series);
  const floor = Math.max(options.varianceFloor, 1e-6 * overall);
  if (states === 1) return plainNormal(series, floor);
  let model = startingModel(series, states, floor);
  let logLikelihood = Number.NEGATIVE_INFINITY;
  let iterations = 0;
  let converged = false;
  while (iterations < options.maximumIterations && !converged) {
    const expected = expectation(model, series);
    converged = expected.logLikelihood - logLikelihood < options.tolerance * Math.abs(expected.logLikelihood);
    logLikelihood = expected.logLikelihood;
    iterations += 1;
    if (!converged) model = maximisation(expected, series, floor);
  }
  const bic = -2 * logLikelihood + parameters * Math.log(series.length);
  return { kind: "fitted", model: ordered(model), logLikelihood, bic, iterations, converged };
}

/**
 * The fit with the smallest BIC among the given numbers of states; `insufficient` when no one has data enough.
 *
 * A fit that did not converge within the iterations competes with the likelihood it reached. Cost: that of the fits.
 */
export function chooseHmm(
  values: ArrayLike<number>,
  candidates: readonly number[] = [2, 3],
  options: HmmFitOptions = defaultHmmFitOptions,
): HmmFit {
  const fits = candidates.map((states) => fitGaussianHmm(values, states, options));
  let best = fits[0] ?? { kind: "insufficient" as const, have: values.length, need: 1 };
  for (const fit of fits) {
    if (fit.kind === "fitted" && (best.kind !== "fitted" || fit.bic < best.bic)) best = fit;
  }
  return best;
}

interface Expected {
  readonly logLikelihood: number;
  /** gamma[t][k]: probability of state k at t given the whole series. Used for fitting only. */
  readonly gamma: readonly (readonly number[])[];
  /** Expected number of moves from i to j. */
  readonly moves: readonly (readonly number[])[];
}

function expectation(model: GaussianHmm, series: readonly number[]): Expected {
  const states = model.means.length;
  const forward: number[][] = [];
  const densities: number[][] = [];
  const scales: number[] = [];
  let logLikelihood = 0;
  for (const [t, value] of series.entries()) {
    const logs = emissionLogs(model, value);
    const peak = Math.max(...logs);
    const density = logs.map((log) => Math.exp(log - peak));
    const joint = density.map((d, k) => d * predictedAt(model, forward[t - 1], k));
    const scale = Math.max(
      Number.MIN_VALUE,
      joint.reduce((sum, p) => sum + p, 0),
    );
    forward.push(joint.map((p) => p / scale));
    densities.push(density);
    scales.push(scale);
    logLikelihood += Math.log(scale) + peak;
  }
  const moves = Array.from({ length: states }, () => new Array<number>(states).fill(0));
  const gamma: number[][] = new Array<number[]>(series.length);
  let backward = new Array<number>(states).fill(1);
  for (let t = series.length - 1; t >= 0; t--) {
    gamma[t] = (forward[t] ?? []).map((p, k) => p * (backward[k] ?? 0));
    if (t > 0)
      backward = stepBackward(model, forward[t - 1] ?? [], densities[t] ?? [], scales[t] ?? 1, backward, moves);
  }
  return { logLikelihood, gamma, moves };
}

function predictedAt(model: GaussianHmm, previous: readonly number[] | undefined, state: number): number {
  if (previous === undefined) return model.initial[state] ?? 0;
  return previous.reduce((sum, p, j) => sum + p * (model.transition[j]?.[state] ?? 0), 0);
}

/** The backward variable one step earlier; adds the expected moves of this step to `moves`. */
function stepBackward(
  model: GaussianHmm,
  before: readonly number[],
  density: readonly number[],
  scale: number,
  backward: readonly number[],
  moves: readonly number[][],
): number[] {
  return before.map((p, i) => {
    let total = 0;
    for (let j = 0; j < backward.length; j++) {
      const onward = ((model.transition[i]?.[j] ?? 0) * (density[j] ?? 0) * (backward[j] ?? 0)) / scale;
      total += onward;
      const row = moves[i];
      if (row !== undefined) row[j] = (row[j] ?? 0) + p * onward;
    }
    return total;
  });
}

function maximisation(expected: Expected, series: readonly number[], floor: number): GaussianHmm {
  const states = expected.moves.length;
  const weights = new Array<number>(states).fill(0);
  const sums = new Array<number>(states).fill(0);
  for (const [t, value] of series.entries()) {
    for (let k = 0; k < states; k++) {
      const weight = expected.gamma[t]?.[k] ?? 0;
      weights[k] = (weights[k] ?? 0) + weight;
      sums[k] = (sums[k] ?? 0) + weight * value;
    }
  }
  const means = sums.map((sum, k) => sum / Math.max(Number.MIN_VALUE, weights[k] ?? 0));
  const deviations = means.map((mean, k) => {
    const squares = series.reduce((sum, value, t) => sum + (expected.gamma[t]?.[k] ?? 0) * (value - mean) ** 2, 0);
    return Math.sqrt(Math.max(floor, squares / Math.max(Number.MIN_VALUE, weights[k] ?? 0)));
  });
  const transition = expected.moves.map((row) => normalised(row));
  return { initial: normalised(expected.gamma[0] ?? []), transition, means, deviations };
}

function normalised(row: readonly number[]): readonly number[] {
  const total = row.reduce((sum, p) => sum + p, 0);
  return total > 0 ? row.map((p) => p / total) : row.map(() => 1 / row.length);
}

/** States from equal shares of |x - median-free| by size: calm first. */
function startingModel(series: readonly number[], states: number, floor: number): GaussianHmm {
  const bySize = [...series].sort((a, b) => Math.abs(a) - Math.abs(b));
  const groups = Array.from({ length: states }, (_, k) =>
    bySize.slice(Math.floor((k * series.length) / states), Math.floor(((k + 1) * series.length) / states)),
  );
  const stay = 0.95;
  return {
    initial: groups.map(() => 1 / states),
    transition: groups.map((_, i) => groups.map((__, j) => (i === j ? stay : (1 - stay) / (states - 1)))),
    means: groups.map((group) => group.reduce((sum, x) => sum + x, 0) / group.length),
    deviations: groups.map((group) => Math.sqrt(Math.max(floor, varianceOf(group)))),
  };
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
}

function ordered(model: GaussianHmm): GaussianHmm {
  const order = model.deviations
    .map((_, k) => k)
    .sort((a, b) => (model.deviations[a] ?? 0) - (model.deviations[b] ?? 0));
  const pick = (row: readonly number[]): readonly number[] => order.map((k) => row[k] ?? 0);
  return {
    initial: pick(model.initial),
    transition: order.map((k) => pick(model.transition[k] ?? [])),
    means: pick(model.means),
    deviations: pick(model.deviations),
  };
}

function plainNormal(series: readonly number[], floor: number): HmmFit {
  const n = series.length;
  const mean = series.reduce((sum, x) => sum + x, 0) / n;
  const variance = Math.max(floor, varianceOf(series));
  const logLikelihood = (-n / 2) * (Math.log(2 * Math.PI * variance) + varianceOf(series) / variance);
  const model: GaussianHmm = { initial: [1], transition: [[1]], means: [mean], deviations: [Math.sqrt(variance)] };
  return {
    kind: "fitted",
    model,
    logLikelihood,
    bic: -2 * logLikelihood + 2 * Math.log(n),
    iterations: 0,
    converged: true,
  };
}
