import type { ActionRule } from "../action/action-rule.ts";
import type { Contract } from "../contract/contract.ts";
import type { DiagnosisSettings } from "../diagnosis/diagnosis-settings.ts";
import type { CheckedExpression } from "../engine/expression.ts";
import type { MonitorKind, Severity } from "../finding/finding.ts";
import type { NotifyTarget } from "../notification/channel-declaration.ts";
import type { OncallRule } from "../oncall/oncall-rule.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import type { ProbePlan } from "../probe/probe.ts";
import type { Slo } from "../slo/slo.ts";
import type { WindowRule } from "../window/window.ts";
import type { Task } from "./task.ts";

/** One AI system under care. */
export interface System {
  readonly name: string;
  readonly description: string;
  readonly domain: "tabular";
  readonly serving: "gateway" | "monitor-only";
  readonly task: Task;
  readonly source: Source;
  readonly pipeline: Pipeline;
  readonly outcome: OutcomeDefinition;
  readonly segments: readonly SegmentDefinition[];
  readonly windows: WindowRule;
  readonly fallback: readonly FallbackStep[];
  readonly owners: Readonly<Record<OwnedArea, string>>;
  readonly notify: readonly NotifyTarget[];
  /** The input field that holds the id of the person or thing a row is about; without it nothing can be erased by id. */
  readonly entity?: string | undefined;
  /** How long rows are kept; undefined: for ever. */
  readonly retention?: RetentionRule | undefined;
  /** Changes of the default monitors, and monitors beside them. Absent: every default watches as it is. */
  readonly monitors?: readonly DeclaredMonitor[] | undefined;
  /** Who is told of what, how together and when not; undefined: the owners' policies, else the channels above. */
  readonly oncall?: OncallRule | undefined;
  /** Objectives of the system (OpenSLO). */
  readonly slos?: readonly Slo[];
  /** False pages that its owners accept in a month in which nothing is wrong. Absent: one. */
  readonly budget?: { readonly pagesPerMonth: number } | undefined;
  /** Thresholds of diagnoses that differ from the defaults. */
  readonly diagnosis?: Partial<DiagnosisSettings> | undefined;
  /** Whose calendar months are reviewed, and whether that happens by itself. Absent: UTC, by itself. */
  readonly review?: { readonly zone: string; readonly monthly: boolean } | undefined;
  /** What is done about incidents by rule. Absent: nothing. */
  readonly actions?: readonly ActionRule[] | undefined;
  /** Rows to ask again and again, to see whether they are always answered alike; undefined: none are declared. */
  readonly probes?: ProbePlan | undefined;
  /** What is declared but neither enforced nor checked, in words. Shown, never passed over. */
  readonly unchecked: readonly string[];
}

/** The upstream provider and the columns its contract promises. */
export interface Source {
  /** Lineage name, e.g. `source:airline-feed`. */
  readonly component: string;
  readonly contractId: string;
  readonly contractVersion: string;
  /** Columns known only afterwards: they may stand in the outcome's expression, never in an input. */
  readonly outcomeColumns: readonly { readonly name: string; readonly physicalName: string; readonly type: string }[];
  /** What the contract promises. Absent in systems that were applied before promises were kept: nothing is checked then. */
  readonly contract?: Contract;
}

export interface OutcomeDefinition {
  readonly name: string;
  /** Expression over the source's columns, of the task's type; used for training and replay. */
  readonly expression: CheckedExpression;
  readonly maturityMs: number;
}

/** A declared slice: the value of an expression over inputs and features. */
export interface SegmentDefinition {
  readonly name: string;
  readonly expression: CheckedExpression;
  readonly top: number;
  /** Its values should be treated alike: arms of a test, routes, regions, devices. They are held against each other. */
  readonly consistent?: boolean | undefined;
}

/** Which rows are asked about: all of them, every value of a segment, or one value. */
export type SegmentChoice =
  | { readonly kind: "all-rows" }
  | { readonly kind: "every-value"; readonly name: string }
  | { readonly kind: "value"; readonly name: string; readonly value: string };

/** A monitor as declared: what is absent follows from its kind. One named like its kind changes the default monitor. */
export interface DeclaredMonitor {
  readonly name: string;
  readonly kind: MonitorKind;
  readonly enabled: boolean;
  readonly metric?: string;
  readonly threshold?: number;
  readonly persistenceWindows?: number;
  readonly severity?: Severity;
  readonly owner?: string;
  readonly runbook?: string;
  readonly segments?: readonly SegmentChoice[];
  readonly features?: readonly string[];
}

/** Both count received rows: by their age since they were received, and by what they take on disk. */
export interface RetentionRule {
  readonly ageMs: number | undefined;
  readonly bytes: number | undefined;
}

export type FallbackStep =
  | { readonly kind: "previous-release" }
  | { readonly kind: "constant"; readonly probability: number };

export const ownedAreas = [
  "training-pipeline",
  "serving",
  "upstream-data",
  "production-performance",
  "business",
] as const;
export type OwnedArea = (typeof ownedAreas)[number];

export interface Owner {
  readonly name: string;
  readonly title: string;
  readonly contact: string;
  /** The policy by which it is told of what it owns. */
  readonly escalation?: string | undefined;
}

/** Systems and owners as declared; every saved version is kept. */
export interface SystemStore {
  save(system: System, digest: string, at: number): Promise<void>;
  get(name: string): Promise<StoredSystem | undefined>;
  list(): Promise<readonly StoredSystem[]>;
  /** Every declaration ever applied, oldest first. */
  versions(name: string): Promise<readonly StoredSystem[]>;
  saveOwners(owners: readonly Owner[]): Promise<void>;
  owners(): Promise<readonly Owner[]>;
}

export interface StoredSystem {
  readonly system: System;
  /** SHA-256 of the canonical declaration. */
  readonly digest: string;
  readonly appliedAt: number;
}

/** The declaration that counted at a time; undefined when there was none yet. `versions` oldest first. */
export function versionAt(versions: readonly StoredSystem[], at: number): StoredSystem | undefined {
  return versions.filter((version) => version.appliedAt <= at).at(-1);
}
