import { ledoitWolf, sampleCovariance } from "./ledoit-wolf.ts";

/** Measures how far a row lies from the rows a model was trained on. Larger is stranger. */
export interface TrainingConditions {
  readonly kind: "conditions";
  readonly method: "mahalanobis" | "neighbours";
  /** Distance of a row; null when the row has a non-finite entry. */
  readonly distanceOf: (row: readonly number[]) => number | null;
  /** Leave-one-out distances of training rows, ascending. */
  readonly reference: Float64Array;
}

export type TrainingConditionsFit =
  | TrainingConditions
  | { readonly kind: "insufficient"; readonly reason: "too-few-rows"; readonly have: number; readonly need: number }
  | { readonly kind: "insufficient"; readonly reason: "no-variation" };

/**
 * Training conditions by squared Mahalanobis distance, under a Ledoit-Wolf covariance or the plain sample one (n - 1).
 *
 * For at most 20 columns and at least 20 rows per column; rows roughly one cloud (use neighbours for several). Rows with a
 * non-finite entry are left out. Reference distances are in-sample: with 20 rows per column and shrinkage one row hardly
 * moves the covariance. Cost: O(n d^2) to fit, O(d^2) per row. Source: Mahalanobis 1936; section 8.
 */
export function mahalanobisConditions(
  rows: readonly (readonly number[])[],
  estimate: "ledoit-wolf" | "sample" = "ledoit-wolf",
): TrainingConditionsFit {
  const usable = rows.filter(allFinite);
  const d = usable[0]?.length ?? 0;
  const need = Math.max(20, 20 * d);
  if (d === 0 || usable.length < need)
    return { kind: "insufficient", reason: "too-few-rows", have: usable.length, need };
  const { mean, covariance } = estimate === "sample" ? sampleCovariance(usable) : ledoitWolf(usable);
  const factor = cholesky(covariance);
  if (factor === null) return { kind: "insufficient", reason: "no-variation" };
  const distance = (row: readonly number[]): number => {
    return squaredNorm(
      forwardSolve(
        factor,
        row.map((x, j) => x - (mean[j] ?? 0)),
      ),
    );
  };
  return {
    kind: "conditions",
    method: "mahalanobis",
    distanceOf: (row) => (row.length === d && allFinite(row) ? distance(row) : null),
    reference: Float64Array.from(usable, distance).sort(),
  };
}

export interface NeighbourOptions {
  readonly neighbours: number;
  /** Columns are divided by their sample standard deviation first; false when they share a unit already. */
  readonly standardise: boolean;
  /** Leave-one-out distances are taken for at most this many training rows, evenly spread. */
  readonly referenceRows: number;
}

export const defaultNeighbourOptions: NeighbourOptions = { neighbours: 5, standardise: true, referenceRows: 2000 };

/**
 * Training conditions by mean distance to the nearest training rows (default five), columns standardised.
 *
 * Follows any shape of cloud. Give at most 10,000 rows (a uniform sample of the training set). Rows with a non-finite entry
 * are left out; a constant column is measured in its own unit. Cost: O(n d) per row, O(referenceRows n d) to fit.
 * Source: Ramaswamy, Rastogi and Shim 2000; algorithms specification, section 8.
 */
export function neighbourConditions(
  rows: readonly (readonly number[])[],
  options: NeighbourOptions = defaultNeighbourOptions,
): TrainingConditionsFit {
  const usable = rows.filter(allFinite);
  const d = usable[0]?.length ?? 0;
  const need = Math.max(20, options.neighbours + 1);
  if (d === 0 || usable.length < need)
    return { kind: "insufficient", reason: "too-few-rows", have: usable.length, need };
  const scales = options.standardise ? columnScales(usable, d) : new Array<number>(d).fill(1);
  const points = new Float64Array(usable.length * d);
  for (const [i, row] of usable.entries())
    for (let j = 0; j < d; j++) points[i * d + j] = (row[j] ?? 0) / (scales[j] ?? 1);
  const step = Math.max(1, Math.ceil(usable.length / options.referenceRows));
  const reference: number[] = [];
  for (let i = 0; i < usable.length; i += step)
    reference.push(meanNearest(points, d, points.subarray(i * d, (i + 1) * d), options.neighbours, i));
  return {
    kind: "conditions",
    method: "neighbours",
    distanceOf: (row) => {
      if (row.length !== d || !allFinite(row)) return null;
      const point = Float64Array.from(row, (x, j) => x / (scales[j] ?? 1));
      return meanNearest(points, d, point, options.neighbours, -1);
    },
    reference: Float64Array.from(reference).sort(),
  };
}

export type ConditionsTest =
  /** p: probability of a training row at least this strange. Small means outside the training conditions. */
  | { readonly kind: "tested"; readonly distance: number; readonly pValue: number }
  | { readonly kind: "unknown"; readonly reason: "missing-values" };

/**
 * Conformal p-value of a row: p = (1 + #{reference >= distance}) / (n + 1).
 *
 * Uniform for rows exchangeable with the training rows, whatever their distribution, so 1[p <= .05] can feed a sequential
 * test with null mean .05. Cost: the distance plus O(log n). Source: Vovk, Gammerman and Shafer 2005; section 8.
 */
export function conditionsTest(conditions: TrainingConditions, row: readonly number[]): ConditionsTest {
  const distance = conditions.distanceOf(row);
  if (distance === null) return { kind: "unknown", reason: "missing-values" };
  const { reference } = conditions;
  let low = 0;
  let high = reference.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((reference[middle] ?? 0) < distance) low = middle + 1;
    else high = middle;
  }
  return { kind: "tested", distance, pValue: (1 + reference.length - low) / (reference.length + 1) };
}

function allFinite(row: readonly number[]): boolean {
  return row.every((x) => Number.isFinite(x));
}

function columnScales(rows: readonly (readonly number[])[], d: number): readonly number[] {
  return Array.from({ length: d }, (_, j) => {
    const mean = rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + ((row[j] ?? 0) - mean) ** 2, 0) / (rows.length - 1);
    return variance > 0 ? Math.sqrt(variance) : 1;
  });
}

/** Mean distance to the nearest points, point `except` left out. Keeps the nearest squared distances in order. */
function meanNearest(points: Float64Array, d: number, point: Float64Array, neighbours: number, except: number): number {
  const nearest = new Float64Array(neighbours).fill(Number.POSITIVE_INFINITY);
  const n = points.length / d;
  for (let i = 0; i < n; i++) {
    if (i === except) continue;
    let squared = 0;
    for (let j = 0; j < d; j++) squared += ((points[i * d + j] as number) - (point[j] as number)) ** 2;
    if (squared >= (nearest[neighbours - 1] as number)) continue;
    let at = neighbours - 1;
    for (; at > 0 && (nearest[at - 1] as number) > squared; at--) nearest[at] = nearest[at - 1] as number;
    nearest[at] = squared;
  }
  return nearest.reduce((sum, squared) => sum + Math.sqrt(squared), 0) / neighbours;
}

/** Lower triangular L with L L^T = matrix; null when the matrix is not positive definite. */
function cholesky(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] | null {
  const lower: number[][] = [];
  for (const row of matrix) {
    const line: number[] = [];
    for (const above of lower)
      line.push(((row[line.length] ?? 0) - partialProduct(line, above, line.length)) / (above[line.length] ?? 1));
    const rest = (row[line.length] ?? 0) - partialProduct(line, line, line.length);
    if (!(rest > 0)) return null;
    line.push(Math.sqrt(rest));
    lower.push(line);
  }
  return lower;
}

function partialProduct(a: readonly number[], b: readonly number[], length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}

function forwardSolve(lower: readonly (readonly number[])[], vector: readonly number[]): readonly number[] {
  const solved: number[] = [];
  for (const [i, row] of lower.entries()) {
    let rest = vector[i] ?? 0;
    for (let j = 0; j < i; j++) rest -= (row[j] ?? 0) * (solved[j] ?? 0);
    solved.push(rest / (row[i] ?? 1));
  }
  return solved;
}

function squaredNorm(vector: readonly number[]): number {
  return vector.reduce((sum, x) => sum + x * x, 0);
}
