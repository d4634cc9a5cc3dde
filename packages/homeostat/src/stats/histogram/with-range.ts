import type { NumericBinning } from "./binning.ts";
import { nextDouble } from "./next-double.ts";

/**
 * A binning in which what lies outside the range of the baseline has bins of its own, the first and the last interval:
 * counting bins then counts it. Both ends finite, least at most greatest. Cost: O(k log k).
 */
export function withRange(binning: NumericBinning, least: number, greatest: number): NumericBinning {
  const edges = new Set([...binning.edges, least, nextDouble(greatest)]);
  return { ...binning, edges: [...edges].filter(Number.isFinite).sort((left, right) => left - right) };
}
