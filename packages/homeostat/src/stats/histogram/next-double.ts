/**
 * The smallest double greater than x (x finite); the right end of the point bin of x.
 *
 * −0 and 0 give the smallest positive double. Infinity and NaN give themselves. Cost: O(1).
 */
export function nextDouble(x: number): number {
  if (!Number.isFinite(x)) return x;
  if (x === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
