import { clopperPearson, type ProportionInterval } from "../special/clopper-pearson.ts";

/** How often the second model decided `to` where the first decided `from`. */
export interface Flip {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export type FlipMatrix =
  | {
      readonly kind: "counted";
      readonly rows: number;
      /** Every pair of decisions that occurred, agreements included; the most frequent first. */
      readonly cells: readonly Flip[];
      readonly agreement: number;
      /** Exact 95 % interval of the agreement rate. */
      readonly agreementInterval: ProportionInterval;
      /** Agreement beyond what the two marginal distributions give by chance; null when chance alone gives full agreement. */
      readonly kappa: number | null;
    }
  | { readonly kind: "insufficient"; readonly rows: 0 };

/**
 * Which decisions two models took on the same rows, and how often they agree.
 *
 *     agreement = sum n_kk / n;   kappa = (agreement - sum p_k q_k) / (1 - sum p_k q_k)
 *
 * Equal accuracy with many flips is a different model: thresholds and people downstream will notice. Needs no labels.
 * Cost: O(rows). Source: Cohen 1960; Clopper and Pearson 1934; algorithms specification, section 7.
 */
export function flipMatrix(before: readonly string[], after: readonly string[]): FlipMatrix {
  if (before.length !== after.length) throw new RangeError("one decision of each model is needed for every row");
  const rows = before.length;
  if (rows === 0) return { kind: "insufficient", rows: 0 };
  const cells = new Map<string, Map<string, number>>();
  const firsts = new Map<string, number>();
  const seconds = new Map<string, number>();
  let agreed = 0;
  before.forEach((from, i) => {
    const to = after[i] ?? "";
    const row = cells.get(from) ?? new Map<string, number>();
    row.set(to, (row.get(to) ?? 0) + 1);
    cells.set(from, row);
    firsts.set(from, (firsts.get(from) ?? 0) + 1);
    seconds.set(to, (seconds.get(to) ?? 0) + 1);
    if (from === to) agreed += 1;
  });
  let chance = 0;
  for (const [decision, count] of firsts) chance += (count / rows) * ((seconds.get(decision) ?? 0) / rows);
  const agreement = agreed / rows;
  const flips = [...cells].flatMap(([from, row]) => [...row].map(([to, count]): Flip => ({ from, to, count })));
  return {
    kind: "counted",
    rows,
    cells: flips.sort((a, b) => b.count - a.count),
    agreement,
    agreementInterval: clopperPearson(agreed, rows, 0.05),
    kappa: chance < 1 ? (agreement - chance) / (1 - chance) : null,
  };
}
