/**
 * The sum of a list with a running error term (Neumaier's form of Kahan summation).
 *
 * Shapes: any length, empty gives 0. Error: about one rounding of the result plus n²·ε² of the sum of sizes, so
 * `[1, 1e100, 1, −1e100]` gives 2. NaN anywhere gives NaN; a single infinity gives that infinity, opposite ones NaN.
 * Cost: O(n), four additions each. Source: Neumaier (1974).
 */
export function compensatedSum(values: Iterable<number>): number {
  let sum = 0;
  let carry = 0;
  for (const value of values) {
    const next = sum + value;
    carry += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + carry : sum;
}
