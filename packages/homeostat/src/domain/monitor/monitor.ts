import type { WindowProfile } from "../baseline/profile-store.ts";
import type { Layer, MonitorKind } from "../finding/finding.ts";
import type { OwnedArea } from "../system/system.ts";
import type { ReferencePicture } from "./reference-picture.ts";
import type { SeriesKey, SeriesTest, TestedNumbers } from "./verdict.ts";

/** A window to be judged: its counts, its season, and what normal looks like. */
export interface WindowQuestion {
  readonly picture: ReferencePicture;
  readonly profile: WindowProfile;
  readonly season: string;
  /** Outcomes of this window have normally arrived by now. */
  readonly outcomesMature: boolean;
}

/**
 * A monitor: a question asked of every window. Every member of the family declares its own properties; shared code asks
 * the definition and never branches on the kind.
 */
export interface MonitorDefinition {
  readonly kind: MonitorKind;
  readonly layer: Layer;
  /** Who owns what it finds. */
  readonly area: OwnedArea;
  /** Both gates must be passed in this many consecutive windows before it is a finding. */
  persistence(metric: string): number;
  ask(question: WindowQuestion): readonly SeriesTest[];
  /** One plain sentence about a finding. */
  sentence(key: SeriesKey, numbers: TestedNumbers): string;
  /** The rule that fired, in words. */
  rule(metric: string): string;
}
