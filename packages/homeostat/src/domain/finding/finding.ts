import type { Instant } from "../instant.ts";
import type { Window } from "../window/window.ts";

export type Layer = "infrastructure" | "pipeline" | "model" | "outcome";

export type Severity = "warning" | "critical";

export const monitorKinds = [
  "input-drift",
  "prediction-drift",
  "null-rate",
  "new-category",
  "out-of-range",
  "out-of-distribution",
  "training-serving-skew",
  "multivariate-drift",
  "feature-age",
  "probing",
  "non-determinism",
  "volume",
  "performance",
  "estimated-performance",
  "concept-drift",
  "silent-degradation",
  "cohort-consistency",
  "contract",
  "latency",
  "error-rate",
  "slo-burn",
] as const;
export type MonitorKind = (typeof monitorKinds)[number];

/** A segment and one of its values; undefined where all rows are meant. */
export interface SegmentValue {
  readonly name: string;
  readonly value: string;
}

/** A monitor's answer when it matters. Carries everything needed to judge it without looking elsewhere. */
export interface Finding {
  /** Digest of system, monitor, window, segment, feature: the same finding found again is the same finding. */
  readonly id: string;
  readonly system: string;
  readonly release: string | undefined;
  readonly monitor: MonitorKind;
  /** The monitor by its name in the system; a default monitor is called like its kind. */
  readonly monitorName: string;
  /** Whom it is told to. undefined in findings of earlier versions: the owner of the monitor's area. */
  readonly owner: string | undefined;
  /** What to do, as declared with the monitor. */
  readonly runbook: string | undefined;
  readonly layer: Layer;
  readonly window: Window;
  readonly segment: SegmentValue | undefined;
  readonly feature: string | undefined;
  readonly metric: string;
  readonly variant: string;
  readonly value: number;
  readonly baselineValue: number | undefined;
  readonly effect: number;
  readonly threshold: number;
  readonly expectedByChance: number | undefined;
  readonly pValue: number;
  readonly adjustedPValue: number | undefined;
  readonly lowerBound: number | undefined;
  /** Variance inflation measured on the baseline's healthy windows. */
  readonly overdispersion: number | undefined;
  readonly rows: number;
  readonly baselineRows: number;
  readonly severity: Severity;
  readonly rule: string;
  readonly sentence: string;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  readonly withdrawnAt: Instant | undefined;
}

export type FindingSource = "contract" | "slos" | "monitors";

export interface FindingStore {
  /**
   * Replaces what one evaluation of a window found: new findings are stored, findings that no longer hold are marked
   * withdrawn (never deleted), findings seen again keep their identity.
   */
  replace(
    system: string,
    window: Window,
    findings: readonly Finding[],
    at: Instant,
    /** Whose findings these are: of the contract, of objectives, or of all other monitors. Each replaces only its own. */
    source: FindingSource,
  ): Promise<void>;
  list(system: string, range: { readonly from?: Instant; readonly to?: Instant }): Promise<readonly Finding[]>;
  byIds(ids: readonly string[]): Promise<readonly Finding[]>;
}
