export interface ShrunkCovariance {
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** Weight of the round target mu I, from 0 (sample covariance) to 1. */
  readonly shrinkage: number;
}

/**
 * Covariance shrunk towards mu I with the intensity that minimises expected squared error (Ledoit and Wolf).
 *
 *     S* = (1 - s) S + s mu I,  mu = trace(S)/d,  s = min(b, d^2)/d^2
 *
 * S is the sample covariance with divisor n. `rows` is n x d, all finite. Always positive definite unless every column is
 * constant. Cost: O(n d^2). Source: Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance
 * matrices".
 */
export function ledoitWolf(rows: readonly (readonly number[])[]): ShrunkCovariance {
  const n = rows.length;
  const d = rows[0]?.length ?? 0;
  if (n === 0 || rows.some((row) => row.length !== d)) throw new RangeError("rows must be many and of one length");
  const mean = columnMeans(rows, d);
  const centred = rows.map((row) => row.map((x, j) => x - (mean[j] ?? 0)));
  const sample = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => productMean(centred, i, j)));
  const mu = sample.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / d;
  let distance = 0;
  let noise = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const entry = sample[i]?.[j] ?? 0;
      distance += (entry - (i === j ? mu : 0)) ** 2;
      noise += (squareProductMean(centred, i, j) - entry * entry) / n;
    }
  }
  // A single column is its own target: nothing to shrink towards.
  const shrinkage = d > 1 && distance > 0 ? Math.min(1, Math.max(0, noise / distance)) : 0;
  const covariance = sample.map((row, i) =>
    row.map((entry, j) => (1 - shrinkage) * entry + (i === j ? shrinkage * mu : 0)),
  );
  return { mean, covariance, shrinkage };
}

/** The plain sample covariance, divisor n - 1. `rows` is n x d, n at least 2. Cost: O(n d^2). */
export function sampleCovariance(rows: readonly (readonly number[])[]): Omit<ShrunkCovariance, "shrinkage"> {
  const n = rows.length;
  const d = rows[0]?.length ?? 0;
  if (n < 2 || rows.some((row) => row.length !== d))
    throw new RangeError("rows must be at least two and of one length");
  const mean = columnMeans(rows, d);
  const centred = rows.map((row) => row.map((x, j) => x - (mean[j] ?? 0)));
  const entry = (i: number, j: number): number => (productMean(centred, i, j) * n) / (n - 1);
  return { mean, covariance: Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => entry(i, j))) };
}

function columnMeans(rows: readonly (readonly number[])[], d: number): readonly number[] {
  return Array.from({ length: d }, (_, j) => rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows.length);
}

function productMean(centred: readonly (readonly number[])[], i: number, j: number): number {
  return centred.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0) / centred.length;
}

function squareProductMean(centred: readonly (readonly number[])[], i: number, j: number): number {
  return centred.reduce((sum, row) => sum + ((row[i] ?? 0) * (row[j] ?? 0)) ** 2, 0) / centred.length;
}
