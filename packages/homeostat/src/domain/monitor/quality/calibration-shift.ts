import { overdispersionOf } from "../../../stats/hypothesis/overdispersion.ts";
import { fSurvival } from "../../../stats/special/f-survival.ts";
import { type DenseScores, subtractCounts, total } from "../count-series.ts";

const groupCount = 20;
/** Fewer expected rows in a group say too little about its share of positives. */
const leastInGroup = 5;

interface Statistic {
  readonly statistic: number;
  readonly df: number;
}

export interface CalibrationShift {
  /** p-value of "at equal scores outcomes are as in the baseline"; undefined with too few outcomes. */
  pValueOf(scores: DenseScores): { readonly pValue: number; readonly phi: number } | undefined;
}

/**
 * Are outcomes at equal scores what they were? Over twenty groups of scores, frozen from the baseline with about equal
 * labelled rows,
 *
 *   T = sum (positives - n c)^2 / (n c (1 - c) (1 + n/m)),  c = (positives of the baseline + 1/2)/(m + 1)
 *
 * held against F with the overdispersion that the baseline's own windows show against each other. Either direction
 * counts. O(bins). Source: Hosmer and Lemeshow (1980), with the baseline's shares in place of the scores.
 */
export function calibrationShift(windows: readonly DenseScores[], all: DenseScores): CalibrationShift {
  const groups = groupsOf(all);
  const healthy = overdispersionOf(
    windows.map((window) =>
      statisticOf(groups, window, {
        positives: subtractCounts(all.positives, window.positives),
        negatives: subtractCounts(all.negatives, window.negatives),
      }),
    ),
  );
  return {
    pValueOf: (scores) => {
      const { statistic, df } = statisticOf(groups, scores, all);
      if (df < 2 || healthy.kind !== "estimated") return undefined;
      return { pValue: fSurvival(statistic / df / healthy.phi, df, df * healthy.windows), phi: healthy.phi };
    },
  };
}

type Labelled = Pick<DenseScores, "positives" | "negatives">;

/** Neighbouring bins with about equal labelled rows. */
function groupsOf({ positives, negatives }: Labelled): readonly (readonly number[])[] {
  const rows = total(positives) + total(negatives);
  const groups: number[][] = [[]];
  let open = 0;
  positives.forEach((count, bin) => {
    groups.at(-1)?.push(bin);
    open += count + (negatives[bin] ?? 0);
    if (open * groupCount < rows || bin === positives.length - 1) return;
    groups.push([]);
    open = 0;
  });
  return groups;
}

function statisticOf(groups: readonly (readonly number[])[], window: Labelled, normal: Labelled): Statistic {
  let statistic = 0;
  let df = 0;
  for (const group of groups) {
    const sumOf = (counts: readonly number[]): number => group.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0);
    const hits = sumOf(window.positives);
    const n = hits + sumOf(window.negatives);
    const normalHits = sumOf(normal.positives);
    const m = normalHits + sumOf(normal.negatives);
    const share = (normalHits + 0.5) / (m + 1);
    if (n < leastInGroup || m < leastInGroup) continue;
    statistic += (hits - n * share) ** 2 / (n * share * (1 - share) * (1 + n / m));
    df += 1;
  }
  return { statistic, df };
}
