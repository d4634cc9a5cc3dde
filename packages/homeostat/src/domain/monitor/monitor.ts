import type { WindowProfile } from "../baseline/profile-store.ts";
import type { FailureMode } from "../coverage/failure-mode.ts";
import type { Layer, MonitorKind } from "../finding/finding.ts";
import type { OwnedArea, System } from "../system/system.ts";
import type { EvidenceName, WindowEvidence } from "./evidence/window-evidence.ts";
import type { ReferencePicture } from "./reference-picture.ts";
import type { MonitorDefaults, MonitorSettings } from "./settings.ts";
import type { Tested } from "./smallest-seen.ts";
import type { SeriesKey, SeriesTest, TestedNumbers } from "./verdict.ts";

/** A window to be judged: its counts, its season, what normal looks like, and what else was gathered about it. */
export interface WindowQuestion {
  readonly picture: ReferencePicture;
  readonly profile: WindowProfile;
  readonly season: string;
  /** Outcomes of this window have normally arrived by now. */
  readonly outcomesMature: boolean;
  readonly evidence: WindowEvidence;
}

/**
 * A kind of monitor: a question asked of every window. Every member of the family declares its own properties; shared
 * code asks the definition and never branches on the kind.
 */
export interface MonitorDefinition {
  readonly kind: MonitorKind;
  readonly layer: Layer;
  /** Who owns what it finds, unless the monitor declares an owner of its own. */
  readonly area: OwnedArea;
  readonly defaults: MonitorDefaults;
  /** The failure modes it finds (R61). */
  readonly covers: readonly FailureMode[];
  /** Evidence to gather for it; without any it asks the window's own counts alone. */
  readonly needs: readonly EvidenceName[];
  /** One series for every metric, segment and feature that the settings ask about. */
  ask(question: WindowQuestion, settings: MonitorSettings): readonly SeriesTest[];
  /**
   * The smallest effect that a test at this level would have seen in nine of ten windows, in the metric's own unit: what
   * silence means. Absent or undefined: nobody worked it out.
   */
  smallestSeen?(test: Tested, level: number): number | undefined;
  /** Why a system is watched by it without declaring anything; absent: because of what it covers. */
  why?(system: System): string;
  /** One plain sentence about a finding. */
  sentence(key: SeriesKey, numbers: TestedNumbers): string;
  /** The rule that fired, in words. */
  rule(metric: string, settings: MonitorSettings): string;
}
