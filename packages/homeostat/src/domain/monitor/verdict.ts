import type { MonitorKind, SegmentValue } from "../finding/finding.ts";
import type { Instant } from "../instant.ts";
import type { Estimate } from "../model/model-store.ts";
import type { VerdictState, Window } from "../window/window.ts";
import type { MetricName } from "./quality/metric-name.ts";
import type { EstimatedPerformance, EstimateRecord } from "./truth/estimated-performance.ts";
import type { LossSplit } from "./truth/loss-split.ts";

/** One question asked of one window: a monitor's metric on a feature in a segment. */
export interface SeriesKey {
  readonly monitor: MonitorKind;
  /** Of which monitor of its kind; absent or the kind itself: the default one. Shared code writes it, kinds need not. */
  readonly monitorName?: string;
  readonly metric: string;
  readonly segment: SegmentValue | undefined;
  readonly feature: string | undefined;
}

/** The numbers behind an answer. Units: shares and probabilities in 0..1, PSI in nats, counts in rows. */
export interface TestedNumbers {
  readonly variant: string;
  readonly value: number;
  readonly baselineValue: number | undefined;
  /** What is held against the threshold: the debiased effect, in the metric's own unit. */
  readonly effect: number;
  readonly threshold: number;
  readonly pValue: number;
  readonly expectedByChance: number | undefined;
  readonly lowerBound: number | undefined;
  readonly overdispersion: number | undefined;
  readonly rows: number;
  readonly baselineRows: number;
  readonly bins: number | undefined;
  /** The season of the baseline that the window was held against; absent where all its windows were. */
  readonly season?: string;
  /** Of a loss of performance: how much of it is data drift and how much concept drift. */
  readonly split?: LossSplit;
  /** What the numbers are of, in words: the rule of a mismatch, a caller, a setting. */
  readonly detail?: string | undefined;
}

/** What a monitor says of one series before the many tests of a window are weighed together. */
export type SeriesTest =
  | {
      readonly kind: "tested";
      readonly key: SeriesKey;
      readonly numbers: TestedNumbers;
      readonly performance?: PerformanceNumbers;
      readonly estimate?: EstimatedPerformance;
      readonly record?: EstimateRecord;
    }
  | {
      readonly kind: "untested";
      readonly key: SeriesKey;
      readonly state: Extract<VerdictState, "not-enough-data" | "waiting-for-labels" | "not-checked">;
      readonly reason: string;
      /** Rows it would have needed, where that is a number. */
      readonly neededRows?: number;
      readonly rows: number;
      readonly baselineRows: number;
      readonly performance?: PerformanceNumbers;
      readonly estimate?: EstimatedPerformance;
      readonly record?: EstimateRecord;
    };

/** A metric of a window beside the same of the baseline; undefined where it cannot be said. */
export interface NamedMetric {
  readonly name: MetricName;
  readonly value: Estimate | undefined;
  readonly baseline: Estimate | undefined;
}

/** One class of a multiclass task: rows that are it, rows predicted as it, and how well the two agree. */
export interface ClassPerformance {
  readonly name: string;
  readonly actual: number;
  readonly predicted: number;
  readonly precision: Estimate | undefined;
  readonly recall: Estimate | undefined;
}

/** What is shown of a segment's performance, whether or not it could be tested. */
export interface PerformanceNumbers {
  readonly rows: number;
  readonly labelledRows: number;
  /** What the task is judged by: `auc`, `mae` or `accuracy`. Verdicts of earlier versions have none: they are binary. */
  readonly headline?: NamedMetric;
  readonly others?: readonly NamedMetric[];
  readonly classes?: readonly ClassPerformance[];
  // Of binary classification; accuracy and calibration of multiclass classification too.
  readonly auc: Estimate | undefined;
  readonly accuracy: Estimate | undefined;
  readonly positiveShare: Estimate | undefined;
  readonly meanProbability: number | undefined;
  readonly calibrationError: number | undefined;
  readonly baselineAuc: Estimate | undefined;
  readonly baselineAccuracy: Estimate | undefined;
}

/**
 * The verdict on one series of one window. `gates` says which of the two gates it passed: real (significant after
 * control of the false-discovery rate over the whole window) and material (effect at or above the threshold).
 */
export interface SeriesVerdict {
  readonly test: SeriesTest;
  readonly state: VerdictState;
  readonly real: boolean;
  readonly material: boolean;
  readonly adjustedPValue: number | undefined;
  /** Consecutive windows, this one included, in which both gates were passed. */
  readonly streak: number;
  /** Both gates passed for as many consecutive windows as the monitor asks: a finding. */
  readonly fired: boolean;
}

/** Text under which a series is the same series in another window. */
export function seriesText(key: SeriesKey): string {
  const segment = key.segment === undefined ? "" : `${key.segment.name}=${key.segment.value}`;
  const named = key.monitorName !== undefined && key.monitorName !== key.monitor;
  return [named ? `${key.monitor}:${key.monitorName}` : key.monitor, key.metric, segment, key.feature ?? ""].join("|");
}

export interface VerdictStore {
  save(
    system: string,
    release: string,
    window: Window,
    version: number,
    verdicts: readonly SeriesVerdict[],
  ): Promise<void>;
  /** Verdicts of one monitor over a range of windows; `segment` undefined means all rows, "*" every segment. */
  list(query: VerdictQuery): Promise<readonly WindowVerdict[]>;
  /** The same counted, over all monitors: by window, monitor and state. */
  tallies(query: Pick<VerdictQuery, "system" | "release" | "windows">): Promise<readonly VerdictTally[]>;
  /** Streaks of the series that passed both gates in a window. */
  streaks(system: string, release: string, window: Window, version: number): Promise<ReadonlyMap<string, number>>;
}

/** How many series of a window a monitor gave one and the same answer. */
export interface VerdictTally {
  readonly window: Instant;
  readonly kind: MonitorKind;
  readonly monitorName: string;
  readonly state: VerdictState;
  readonly series: number;
}

export interface VerdictQuery {
  readonly system: string;
  readonly release: string;
  readonly monitor: MonitorKind;
  /** Which monitor of the kind; absent: the default one. */
  readonly monitorName?: string;
  readonly segment: SegmentValue | "*" | undefined;
  readonly windows: readonly (Window & { readonly profileVersion: number })[];
}

export interface WindowVerdict {
  readonly window: Instant;
  readonly verdict: SeriesVerdict;
}
