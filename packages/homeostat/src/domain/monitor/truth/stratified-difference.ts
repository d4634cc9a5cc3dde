import { normalSurvival } from "../../../stats/special/normal-survival.ts";
import type { OutputCell } from "../../baseline/cell-store.ts";

/** How far the outputs of one cohort lie from those of the others at like inputs. */
export interface StratifiedDifference {
  /** Mean output of the cohort and of the others, over the strata that both have, weighted alike. */
  readonly value: number;
  readonly others: number;
  /** Standard deviation of an output within its stratum. */
  readonly deviation: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly lower: number;
  readonly rows: number;
  readonly otherRows: number;
}

/**
 * sum w (mean of the cohort - mean of the others) / sum w over strata, w = n m / (n + m), so that a stratum of one cohort
 * alone says nothing. The variance within strata is pooled and inflated by `overdispersion`. undefined below 30 rows on a
 * side or without spread. O(strata). Source: Cochran (1954), Biometrics 10.
 */
export function stratifiedDifference(
  own: readonly OutputCell[],
  others: readonly OutputCell[],
  overdispersion: number,
): StratifiedDifference | undefined {
  const otherOf = new Map(others.map((cell) => [cell.stratum, cell]));
  const pairs = own.flatMap((cell) => {
    const other = otherOf.get(cell.stratum);
    return other === undefined || cell.rows === 0 || other.rows === 0 ? [] : [{ cell, other }];
  });
  const total = (of: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0);
  const rows = total(({ cell }) => cell.rows);
  const otherRows = total(({ other }) => other.rows);
  if (Math.min(rows, otherRows) < leastRows) return undefined;
  const squares = total(({ cell, other }) => within(cell) + within(other));
  const freedom = rows + otherRows - 2 * pairs.length;
  const weightOf = ({ cell, other }: (typeof pairs)[number]): number =>
    (cell.rows * other.rows) / (cell.rows + other.rows);
  const weight = total(weightOf);
  if (!(freedom > 0 && squares > 0 && weight > 0)) return undefined;
  const deviation = Math.sqrt(squares / freedom);
  const value = total((pair) => weightOf(pair) * (pair.cell.sum / pair.cell.rows)) / weight;
  const rest = total((pair) => weightOf(pair) * (pair.other.sum / pair.other.rows)) / weight;
  const spread = deviation * Math.sqrt(overdispersion / weight);
  const difference = Math.abs(value - rest);
  return {
    value,
    others: rest,
    deviation,
    pValue: Math.min(1, 2 * normalSurvival(difference / spread)),
    lower: difference - 1.96 * spread,
    rows,
    otherRows,
  };
}

const leastRows = 30;
const within = ({ rows, sum, sumSquares }: OutputCell): number => Math.max(0, sumSquares - sum ** 2 / rows);

/** Cells of several cohorts together. */
export function unitedCells(cohorts: readonly (readonly OutputCell[])[]): readonly OutputCell[] {
  const united = new Map<number, OutputCell>();
  for (const cell of cohorts.flat()) {
    const known = united.get(cell.stratum);
    united.set(
      cell.stratum,
      known === undefined
        ? cell
        : {
            stratum: cell.stratum,
            rows: known.rows + cell.rows,
            sum: known.sum + cell.sum,
            sumSquares: known.sumSquares + cell.sumSquares,
          },
    );
  }
  return [...united.values()];
}
