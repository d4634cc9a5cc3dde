import type { Instant } from "../instant.ts";

/** A limit that a value is held against: `lte 200` is good up to 200. */
export interface Limit {
  readonly op: "lt" | "lte" | "gt" | "gte";
  readonly value: number;
}

/** Rows of one value of a declared segment. */
interface SloSegment {
  readonly name: string;
  readonly value: string;
}

/** What is measured (service level indicator): which events are good, and which are bad. */
export type Sli =
  /** Predictions; bad are those that failed or, with `degraded`, that came from a fallback as well. */
  | { readonly kind: "availability"; readonly bad: "failed" | "degraded"; readonly segment: SloSegment | undefined }
  /** Predictions that told how long they took, in milliseconds. */
  | { readonly kind: "latency"; readonly limit: Limit; readonly segment: SloSegment | undefined }
  /** Predictions that have a label: right or wrong. A regression is right within its tolerance, in its own unit. */
  | { readonly kind: "accuracy"; readonly tolerance: number | undefined; readonly segment: SloSegment | undefined }
  /** Business outcomes of one name and unit. */
  | {
      readonly kind: "business";
      readonly outcome: string;
      readonly unit: string;
      readonly limit: Limit;
      readonly segment: SloSegment | undefined;
    }
  /** Five-minute stretches of received time; the value is the age in seconds of the newest event known at their end. */
  | { readonly kind: "freshness"; readonly limit: Limit }
  /** Windows of the system; the value is the debiased PSI of a feature, or the greatest of all features. */
  | {
      readonly kind: "drift";
      readonly limit: Limit;
      readonly feature: string | undefined;
      readonly segment: SloSegment | undefined;
    };

/** Over what a budget is reckoned. */
export type SloWindow =
  | { readonly kind: "rolling"; readonly durationMs: number }
  | {
      readonly kind: "calendar";
      readonly count: number;
      readonly unit: CalendarUnit;
      /** Local time at which a period began, `2026-01-01T00:00:00`. */
      readonly start: string;
      /** IANA name. */
      readonly timeZone: string;
    };

export type CalendarUnit = "day" | "week" | "month" | "quarter" | "year";

/** A service level objective as declared (OpenSLO v1). */
export interface Slo {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly sli: Sli;
  /** Share of the events (or slices) that must be good, in 0..1 without 1. */
  readonly target: number;
  readonly budgeting:
    | { readonly kind: "occurrences" }
    /** Slices of time, each good when this share of its events is. */
    | { readonly kind: "timeslices"; readonly sliceMs: number; readonly sliceTarget: number };
  readonly window: SloWindow;
}

/** Events of one short stretch of time. All are sums. */
export interface SloCount {
  readonly start: Instant;
  readonly good: number;
  readonly bad: number;
  /** Events of which it is not known yet. */
  readonly waiting: number;
}

/** Whether the answer is known only when outcomes have arrived. */
export function needsOutcomes(sli: Sli): boolean {
  return sli.kind === "accuracy" || sli.kind === "business";
}

export function keepsLimit({ op, value }: Limit, found: number): boolean {
  switch (op) {
    case "lt":
      return found < value;
    case "lte":
      return found <= value;
    case "gt":
      return found > value;
    case "gte":
      return found >= value;
  }
}
