import { hypergeometricUpperTail } from "../special/hypergeometric.ts";

/**
 * The chance that k rows of values absent from the baseline all fall in the window by luck:
 * `Π_{i<k} (N − i)/(N + M − i)`, hypergeometric, equal to Fisher's exact test with no baseline hits.
 *
 * Shapes: k of the N window rows are new, M baseline rows have none. k = 0 gives 1. No baseline rows give 1 (everything is
 * new then, and that says nothing). With clustered rows pass effective counts (⌈k/φ⌉, N/φ, M/φ rounded): one device
 * sending a new value a thousand times is one observation. Cost: O(1).
 * Check: (1, 200, 10000) → .0196078431372549; (5, 1000, 1000) → .031093789258174406.
 */
export function newCategoryPValue(newRows: number, windowRows: number, baselineRows: number): number {
  if (newRows <= 0 || baselineRows <= 0) return 1;
  return hypergeometricUpperTail(newRows, { total: windowRows + baselineRows, marked: newRows, drawn: windowRows });
}
