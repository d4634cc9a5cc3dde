import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { Finding } from "../../domain/finding/finding.ts";
import type { Incident } from "../../domain/incident/incident.ts";
import type { Instant } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";

/** What a diagnosis works on: the incident's stretch of event time and everything it compares with. */
export interface DiagnosisScene {
  readonly system: System;
  readonly baseline: Baseline;
  readonly incident: Incident;
  readonly findings: readonly Finding[];
  /** From the first window of the streak that led here to the end of the newest evaluated window. */
  readonly range: { readonly from: Instant; readonly to: Instant };
}
