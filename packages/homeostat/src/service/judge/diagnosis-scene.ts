import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { DiagnosisSettings } from "../../domain/diagnosis/diagnosis-settings.ts";
import type { Finding } from "../../domain/finding/finding.ts";
import type { Instant } from "../../domain/instant.ts";
import type { Release } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";

/** What a diagnosis works on: a stretch of event time, what was found in it, and everything it compares with. */
export interface DiagnosisScene {
  readonly system: System;
  readonly release: Release;
  readonly baseline: Baseline;
  readonly findings: readonly Finding[];
  /** From the first window of the streak that led here to the end of the newest evaluated window. */
  readonly range: { readonly from: Instant; readonly to: Instant };
  readonly settings: DiagnosisSettings;
}
