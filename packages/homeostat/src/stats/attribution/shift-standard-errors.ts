import type { Random } from "../random/random.ts";
import { sampleMultinomial } from "../random/sample-multinomial.ts";
import { type ShiftCell, shiftTotals } from "./shift-cell.ts";
import { shiftDecomposition } from "./shift-decomposition.ts";

export type ShiftStandardErrors =
  | {
      readonly kind: "estimated";
      readonly covariate: number;
      readonly concept: number;
      readonly unseen: number;
      readonly total: number;
      readonly replicates: number;
    }
  | { readonly kind: "insufficient"; readonly reason: "no-rows" | "real-valued-losses" };

/**
 * Standard errors of the decomposition by a multinomial bootstrap of the cells (0/1 losses).
 *
 * Each replicate redraws every period's rows over (cell, right or wrong) with the observed shares, and decomposes again;
 * the standard deviation over replicates (default 200) is the error. Rows are taken as independent: multiply by the
 * square root of the overdispersion where they are not. Cells must hold whole errors not above their rows, otherwise
 * `real-valued-losses`. Cost: O(replicates * cells). Source: Efron 1979; algorithms specification, section 6.3.
 */
export function shiftStandardErrors(
  cells: readonly ShiftCell[],
  random: Random,
  replicates = 200,
): ShiftStandardErrors {
  const { baselineRows, currentRows } = shiftTotals(cells);
  if (!(baselineRows > 0 && currentRows > 0) || replicates < 2) return { kind: "insufficient", reason: "no-rows" };
  const counts = cells.flatMap((c) => [c.baselineRows, c.baselineLoss, c.currentRows, c.currentLoss]);
  const impossible = cells.some((c) => c.baselineLoss > c.baselineRows || c.currentLoss > c.currentRows);
  if (impossible || !counts.every((k) => Number.isInteger(k) && k >= 0))
    return { kind: "insufficient", reason: "real-valued-losses" };
  const before = cells.flatMap((c) => [c.baselineRows - c.baselineLoss, c.baselineLoss]);
  const after = cells.flatMap((c) => [c.currentRows - c.currentLoss, c.currentLoss]);
  const draws = { covariate: [] as number[], concept: [] as number[], unseen: [] as number[], total: [] as number[] };
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawnBefore = sampleMultinomial(random, baselineRows, before);
    const drawnAfter = sampleMultinomial(random, currentRows, after);
    const answer = shiftDecomposition(cells.map((_, i) => cellOf(drawnBefore, drawnAfter, i)));
    if (answer.kind === "insufficient") continue;
    draws.covariate.push(answer.covariate);
    draws.concept.push(answer.concept);
    draws.unseen.push(answer.unseen);
    draws.total.push(answer.total);
  }
  return {
    kind: "estimated",
    covariate: deviation(draws.covariate),
    concept: deviation(draws.concept),
    unseen: deviation(draws.unseen),
    total: deviation(draws.total),
    replicates,
  };
}

function cellOf(before: readonly number[], after: readonly number[], index: number): ShiftCell {
  const baselineLoss = before[2 * index + 1] ?? 0;
  const currentLoss = after[2 * index + 1] ?? 0;
  const baselineRows = (before[2 * index] ?? 0) + baselineLoss;
  return { baselineRows, baselineLoss, currentRows: (after[2 * index] ?? 0) + currentLoss, currentLoss };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, values.length - 1));
}
