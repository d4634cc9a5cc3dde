import type { Baseline } from "../../../domain/baseline/baseline.ts";
import type { CellStore } from "../../../domain/baseline/cell-store.ts";
import type { ProfileStore, WindowProfile } from "../../../domain/baseline/profile-store.ts";
import type { RowFacts } from "../../../domain/baseline/row-facts.ts";
import type { Instant } from "../../../domain/instant.ts";
import type { EvidenceName, WindowEvidence } from "../../../domain/monitor/evidence/window-evidence.ts";
import type { ReferencePicture } from "../../../domain/monitor/reference-picture.ts";
import type { VerdictStore } from "../../../domain/monitor/verdict.ts";
import type { ProbeStore } from "../../../domain/probe/probe.ts";
import type { Release } from "../../../domain/release/release.ts";
import type { System } from "../../../domain/system/system.ts";
import type { WindowRecord, WindowStore } from "../../../domain/window/window.ts";
import type { ReplayPorts } from "../replay-window.ts";

/** Where evidence comes from: the ports that any gatherer uses. */
export interface EvidencePorts extends ReplayPorts {
  readonly facts: RowFacts;
  readonly probes: ProbeStore;
  readonly profiles: ProfileStore;
  readonly windows: WindowStore;
  readonly cells: CellStore;
  readonly verdicts: VerdictStore;
}

/** The window evidence is gathered about. */
export interface EvidenceScene {
  readonly system: System;
  readonly release: Release;
  readonly baseline: Baseline;
  readonly picture: ReferencePicture;
  readonly window: WindowRecord;
  /** The window's own counts. */
  readonly profile: WindowProfile;
  readonly season: string;
  readonly outcomesMature: boolean;
  /** How far event time has certainly come. */
  readonly watermark: Instant;
  /** Whether rows are received about when they happen, and are not old ones replayed. */
  readonly isLive: boolean;
}

/** Gathers one member of the evidence; undefined where there is none. A fault is thrown: the window is tried again. */
export type EvidenceGatherer<Name extends EvidenceName> = (
  ports: EvidencePorts,
  scene: EvidenceScene,
) => Promise<WindowEvidence[Name]>;
