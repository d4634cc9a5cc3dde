import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";

/** Which predictions are looked at: a stretch of event time, and one segment with one of its values or with all of them. */
export interface LabelQuery {
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly segment: { readonly name: string; readonly value: string | undefined } | undefined;
}

/** How far the two clocks have come: who has no label by then is waiting yet, and counted as waiting. */
export interface LabelHorizon {
  /** Of event time. */
  readonly watermark: Instant;
  /** Of receive time. */
  readonly now: Instant;
}

/** Rows of one age bin (`lagEdgesMs`): labelled at that age, or that old without a label. */
export interface LagCount {
  readonly bin: number;
  readonly labelled: boolean;
  readonly rows: number;
}

/** Of one value of the segment; of all rows, with an empty value, where no segment is asked for. */
export interface ValueLags {
  readonly value: string;
  /** From event time to the time of the first label, up to the watermark. */
  readonly byOutcomeTime: readonly LagCount[];
  /** From the arrival of the prediction to the arrival of its first label, up to now. */
  readonly byReceivedTime: readonly LagCount[];
}

export interface LabelCoverage {
  readonly window: Instant;
  readonly value: string;
  readonly rows: number;
  readonly labelled: number;
  /** Labels whose time lies before the prediction's: a label that was known already is no forecast. */
  readonly knownBefore: number;
}

/** What one kind of outcome amounts to in one window. */
export interface OutcomeTotal {
  readonly window: Instant;
  readonly value: string;
  readonly kind: "business" | "feedback";
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  /** How many are numbers, and their sums. */
  readonly numbers: number;
  readonly sum: number;
  readonly sumSquares: number;
  /** Of those that are no numbers: the most frequent, at most twenty. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

/** Counts labels and other outcomes beside their predictions; nothing here returns raw rows. */
export interface LabelStore {
  /** Coverage by window, and lags over all of the stretch. One statement over the event table. */
  labels(
    system: System,
    query: LabelQuery,
    horizon: LabelHorizon,
  ): Promise<{ readonly coverage: readonly LabelCoverage[]; readonly lags: readonly ValueLags[] }>;
  /** Business metrics and feedback by window, each outcome as its latest correction has it. */
  totals(system: System, query: LabelQuery): Promise<readonly OutcomeTotal[]>;
}
