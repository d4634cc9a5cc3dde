export type RobustZ =
  | { readonly kind: "z"; readonly z: number; readonly median: number; readonly scale: number }
  | { readonly kind: "insufficient"; readonly have: number; readonly need: number }
  /** More than half of the reference is one value: distance from it has no scale. */
  | { readonly kind: "no-variation" };

/**
 * Distance of a value from a reference in robust standard deviations: z = (x - median) * 0.6745 / MAD.
 *
 * A few outliers in the reference do not move it. Non-finite reference values are left out; at least `need` must remain.
 * Cost: O(n log n). Source: Iglewicz and Hoaglin 1993; algorithms specification, section 8.
 */
export function robustZ(value: number, reference: ArrayLike<number>, need = 30): RobustZ {
  const values = Array.from(reference).filter((x) => Number.isFinite(x));
  if (!Number.isFinite(value) || values.length < Math.max(1, need))
    return { kind: "insufficient", have: values.length, need: Math.max(1, need) };
  const center = medianOf(values);
  const deviation = medianOf(values.map((x) => Math.abs(x - center)));
  if (!(deviation > 0)) return { kind: "no-variation" };
  const scale = deviation / 0.6744897501960817;
  return { kind: "z", z: (value - center) / scale, median: center, scale };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
