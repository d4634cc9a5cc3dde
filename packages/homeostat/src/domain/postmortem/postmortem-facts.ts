import type { Finding } from "../finding/finding.ts";
import type { Incident, TimelineEntry } from "../incident/incident.ts";
import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";

/** What one kind of business outcome was worth while it lasted, beside the stretch of the same length before. */
export interface BusinessImpact {
  readonly name: string;
  readonly unit: string;
  readonly outcomes: number;
  readonly mean: number;
  readonly outcomesBefore: number;
  readonly meanBefore: number | undefined;
}

/** What an incident touched, in event time. */
export interface IncidentImpact {
  readonly from: Instant;
  /** End of the newest window with a finding. */
  readonly to: Instant;
  /** Predictions of all rows; undefined: not counted. */
  readonly predictions: number | undefined;
  /** Predictions of the slice; undefined: no slice, or not counted. */
  readonly slicePredictions: number | undefined;
  readonly business: readonly BusinessImpact[];
}

export interface PostmortemFacts {
  readonly incident: Incident;
  readonly system: System;
  readonly findings: readonly Finding[];
  readonly timeline: readonly TimelineEntry[];
  readonly deliveries: readonly { readonly channel: string; readonly state: string; readonly detail: string }[];
  readonly impact: IncidentImpact;
  readonly similar: readonly {
    readonly incident: number;
    readonly title: string;
    readonly shared: readonly string[];
  }[];
}
