import type { ActionRun } from "../action/action-run.ts";
import type { Change } from "../change/change.ts";
import type { CoverageEntry } from "../coverage/coverage-map.ts";
import type { Incident, TimelineEntry } from "../incident/incident.ts";
import type { Instant } from "../instant.ts";
import type { Retirement } from "../keeping/retention.ts";
import type { Estimate } from "../model/model-store.ts";
import type { LagCurve } from "../prediction/label-lag.ts";
import type { Release } from "../release/release.ts";
import type { System } from "../system/system.ts";
import type { VerdictState } from "../window/window.ts";
import type { ReviewMonth } from "./review-month.ts";

/** One segment's performance over the month: the first and the last window in which it could be said. */
export interface PerformanceTrend {
  readonly segment: string;
  readonly metric: string;
  readonly windows: number;
  readonly first: Estimate;
  readonly last: Estimate;
  readonly baseline: Estimate | undefined;
}

/** One feature's drift over the month: how often it was too much, and the worst window. */
export interface DriftTrend {
  readonly feature: string;
  readonly segment: string;
  readonly windows: number;
  readonly warnings: number;
  readonly criticals: number;
  /** Debiased. */
  readonly worst: number;
  readonly worstLow: number | undefined;
  readonly worstAt: Instant;
}

interface ObjectiveFacts {
  readonly name: string;
  readonly state: string;
  readonly target: number;
  readonly value: number | undefined;
  readonly budgetLeft: number | undefined;
}

/** Everything a review says, counted. */
export interface ReviewFacts {
  readonly system: System;
  readonly month: ReviewMonth;
  readonly zone: string;
  readonly now: Instant;
  readonly coverage: readonly CoverageEntry[];
  readonly windows: {
    readonly total: number;
    readonly verdicts: Readonly<Partial<Record<VerdictState, number>>>;
    readonly unevaluated: number;
    readonly restated: number;
    readonly rows: number;
  };
  readonly labels: { readonly rows: number; readonly labelled: number; readonly lag: LagCurve | undefined };
  readonly performance: readonly PerformanceTrend[];
  readonly drift: readonly DriftTrend[];
  readonly incidents: readonly { readonly incident: Incident; readonly timeline: readonly TimelineEntry[] }[];
  /** False pages that the owners accept in a month. */
  readonly pagesAccepted: number;
  readonly objectives: readonly ObjectiveFacts[];
  readonly changes: readonly Change[];
  readonly releases: readonly Release[];
  readonly live: Release | undefined;
  readonly retirements: readonly Retirement[];
  readonly actions: readonly ActionRun[];
  readonly openActions: readonly {
    readonly incident: number;
    readonly id: string;
    readonly owner: string;
    readonly text: string;
  }[];
}
