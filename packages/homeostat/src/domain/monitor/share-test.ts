import type { Overdispersion } from "../../stats/hypothesis/overdispersion.ts";
import { logChoose } from "../../stats/special/log-choose.ts";
import { normalSurvival } from "../../stats/special/normal-survival.ts";
import { studentTSurvival } from "../../stats/special/student-t-survival.ts";
import { untested } from "./untested.ts";
import type { SeriesKey, SeriesTest } from "./verdict.ts";

export interface ShareQuestion {
  readonly key: SeriesKey;
  readonly hits: number;
  readonly rows: number;
  readonly baselineHits: number;
  readonly baselineRows: number;
  /** Growth of the share that matters, in 0..1. */
  readonly materialIncrease: number;
  /** Fewer hits than this never matter: a handful of rows is not a broken feed. */
  readonly leastHits: number;
  /** How much more than independent rows the share varies between healthy windows; undefined where it was not measured. */
  readonly overdispersion: Overdispersion | undefined;
}

const leastRowsToAsk = 10;

/**
 * Did the share of a kind of row grow? One-sided. With none in the baseline the chance is exact (hypergeometric: the hits
 * would all fall among the window's rows); otherwise the two-proportion score test, whose normal law holds because
 * `leastHits` keeps the counts away from zero. Missing values come in bursts, so measured overdispersion φ divides z by
 * √φ, held against Student's t with as many degrees of freedom as φ was measured with. Cost: O(1).
 */
export function shareTest(question: ShareQuestion): SeriesTest {
  const { key, hits, rows, baselineHits, baselineRows, materialIncrease, leastHits, overdispersion } = question;
  if (rows < leastRowsToAsk || baselineRows < leastRowsToAsk)
    return untested(key, "not-enough-data", `fewer than ${leastRowsToAsk} rows`, {
      rows,
      baselineRows,
      ...(rows < leastRowsToAsk ? { neededRows: leastRowsToAsk } : {}),
    });
  const share = hits / rows;
  const baselineShare = baselineHits / baselineRows;
  return {
    kind: "tested",
    key,
    numbers: {
      variant: baselineHits === 0 ? "share/hypergeometric" : "share/score",
      value: share,
      baselineValue: baselineShare,
      effect: hits < leastHits ? 0 : share - baselineShare,
      threshold: materialIncrease,
      pValue: baselineHits === 0 ? noneInBaseline(hits, rows, baselineRows) : scorePValue(question),
      expectedByChance: baselineShare,
      lowerBound: undefined,
      overdispersion: baselineHits === 0 ? undefined : overdispersion?.phi,
      rows,
      baselineRows,
      bins: undefined,
    },
  };
}

/** C(N, k) / C(N + M, k): the chance that all k hits fall into the window when its rows are like the baseline's. */
function noneInBaseline(hits: number, rows: number, baselineRows: number): number {
  return hits === 0 ? 1 : Math.exp(logChoose(rows, hits) - logChoose(rows + baselineRows, hits));
}

function scorePValue({ hits, rows, baselineHits, baselineRows, overdispersion }: ShareQuestion): number {
  const pooled = (hits + baselineHits) / (rows + baselineRows);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / baselineRows));
  if (spread === 0) return 1;
  const z = (hits / rows - baselineHits / baselineRows) / spread;
  if (overdispersion === undefined) return normalSurvival(z);
  return studentTSurvival(z / Math.sqrt(overdispersion.phi), overdispersion.windows);
}
