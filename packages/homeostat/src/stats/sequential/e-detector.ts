import { logSumExp } from "../sum/log-sum-exp.ts";
import type { BetLogSums } from "./bet-log-sums.ts";

/** "cusum" (default): fewer false alarms at the same threshold. "shiryaev-roberts": alarms up to a quarter sooner. */
export type DetectorForm = "cusum" | "shiryaev-roberts";

/** Plain data, so it can be stored between batches. */
export interface EDetectorState {
  readonly form: DetectorForm;
  /** Batches seen, empty ones included. */
  readonly batches: number;
  /** ln of the statistic per bet; ln 0 = -Infinity before the first batch. */
  readonly logStatistics: readonly number[];
  /** ln of the CUSUM per bet and the batch at which its current climb began: the onset estimate of either form. */
  readonly logCusums: readonly number[];
  readonly onsets: readonly number[];
}

export interface EDetectorReading {
  readonly state: EDetectorState;
  /** ln of the mean over bets. */
  readonly logStatistic: number;
  readonly alarm: boolean;
  /** Index (from 0) of the batch in which the change most likely began; meaningful once the statistic is past 1. */
  readonly onsetBatch: number;
  /** 0..100: ln statistic over ln threshold, for an early-warning display. */
  readonly gaugePercent: number;
}

/** A detector that has seen nothing, for a grid of `bets` bets. O(bets). */
export function createEDetector(bets: number, form: DetectorForm = "cusum"): EDetectorState {
  if (!(Number.isInteger(bets) && bets >= 1)) throw new RangeError(`bets must be a positive integer, got ${bets}`);
  const nothing = new Array<number>(bets).fill(Number.NEGATIVE_INFINITY);
  return { form, batches: 0, logStatistics: nothing, logCusums: nothing, onsets: new Array<number>(bets).fill(0) };
}

/**
 * One closed batch into an e-detector.
 *
 *   per bet k with batch likelihood L_k:  CUSUM M_k <- max(M_k, 1) L_k     Shiryaev-Roberts M_k <- (M_k + 1) L_k
 *   statistic = mean_k M_k;  alarm when >= threshold A  =>  average run length to a false alarm >= A batches
 *   onset = the batch after the last reset to 1 of the bet with the largest CUSUM
 *
 * `batch` are the sums of one batch on the frozen grid; `threshold` comes from `alertThreshold`. The guarantee needs
 * the
 * mean of every row, given the past, within H0 before the change; nothing else about the distribution. `overdispersion`
 * tempers each batch for clustered rows. A batch without rows leaves the evidence as it is. After an acknowledged alarm
 * start a new detector: never reset silently. Everything is kept as logarithms, so no batch is too large. O(bets).
 * Source: Shin, Ramdas, Rinaldo (2022), "E-detectors: a nonparametric framework for sequential change detection".
 */
export function updateEDetector(
  state: EDetectorState,
  batch: BetLogSums,
  threshold: number,
  overdispersion = 1,
): EDetectorReading {
  if (batch.sums.length !== state.logStatistics.length) throw new RangeError("the batch belongs to another grid");
  if (!(threshold >= 1)) throw new RangeError(`threshold must be >= 1, got ${threshold}`);
  if (!(overdispersion >= 1)) throw new RangeError(`overdispersion must be >= 1, got ${overdispersion}`);
  const next = batch.n === 0 ? { ...state, batches: state.batches + 1 } : advance(state, batch, overdispersion);
  const logStatistic = logSumExp([...next.logStatistics]) - Math.log(next.logStatistics.length);
  return {
    state: next,
    logStatistic,
    alarm: logStatistic >= Math.log(threshold),
    onsetBatch: next.onsets[indexOfLargest(next.logCusums)] ?? 0,
    gaugePercent: gauge(logStatistic, threshold),
  };
}

function advance(state: EDetectorState, batch: BetLogSums, overdispersion: number): EDetectorState {
  const gains = Array.from(batch.sums, (sum) => sum / overdispersion);
  const logCusums = state.logCusums.map((log, k) => Math.max(log, 0) + (gains[k] ?? 0));
  return {
    form: state.form,
    batches: state.batches + 1,
    logCusums,
    onsets: state.onsets.map((onset, k) => ((state.logCusums[k] ?? 0) <= 0 ? state.batches : onset)),
    logStatistics:
      state.form === "cusum" ? logCusums : state.logStatistics.map((log, k) => logOnePlusExp(log) + (gains[k] ?? 0)),
  };
}

function logOnePlusExp(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

function indexOfLargest(values: readonly number[]): number {
  let best = 0;
  for (const [k, value] of values.entries()) if (value > (values[best] ?? Number.NEGATIVE_INFINITY)) best = k;
  return best;
}

/** A threshold of 1 is always reached: the gauge is then full. */
function gauge(logStatistic: number, threshold: number): number {
  const full = Math.log(threshold);
  if (full <= 0) return 100;
  return 100 * Math.min(1, Math.max(0, logStatistic / full));
}
