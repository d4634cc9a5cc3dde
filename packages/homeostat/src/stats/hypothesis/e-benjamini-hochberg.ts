/**
 * e-BH: rejects the k largest e-values, k the largest with `e_(k) ≥ K/(alpha·k)`; returns their indexes, ascending.
 *
 * Controls the false discovery rate at alpha under any dependence. Feed it current e-values: on running suprema of
 * e-processes the control is lost. NaN counts as 0 (no evidence), Infinity as certain. Cost: O(K log K).
 * Source: Wang & Ramdas (2022). Check: 500,90,150,3,1,.2,70,1,1,1 at .05 → 0, 1, 2, 6.
 */
export function eBenjaminiHochberg(eValues: readonly number[], alpha = 0.05): readonly number[] {
  const tests = eValues
    .map((value, index) => ({ value: Number.isNaN(value) ? 0 : value, index }))
    .sort((a, b) => b.value - a.value);
  const last = tests.findLastIndex(({ value }, place) => value >= tests.length / (alpha * (place + 1)));
  return tests
    .slice(0, last + 1)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
