import type { Instant } from "../instant.ts";
import type { FeatureVector, InputRow, Pipeline } from "../pipeline/pipeline.ts";
import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { SkewCause, SkewPattern } from "./skew-cause.ts";

/** A served row as it was logged: what came in, and the vector that was really scored. */
export interface ServedRow {
  readonly id: string;
  readonly time: Instant;
  /** Whom the row is about; empty where no entity is declared. */
  readonly entity: string;
  readonly inputs: InputRow;
  /** In the order of the pipeline's features. */
  readonly vector: FeatureVector;
}

export interface ServedSample {
  readonly rows: readonly ServedRow[];
  /** Rows of the window that the release answered with a logged vector: what the sample is drawn from. */
  readonly withVector: number;
  /** All rows of the window. */
  readonly windowRows: number;
}

/** Draws rows for a replay: by a hash of the id (of the entity, where one is declared), so that a draw can be repeated. */
export interface ServedRowSampler {
  /** Bounded by `mostRows`. Cost: one scan of the window's ids, then the drawn rows. */
  sample(system: System, window: Window, release: string, pipeline: Pipeline, mostRows: number): Promise<ServedSample>;
}

/** What replaying rows through the training pipeline showed about one feature. */
export interface FeatureReplay {
  readonly feature: string;
  readonly rows: number;
  readonly mismatched: number;
  /** Share of mismatched rows with exact 95 % limits; undefined without rows. */
  readonly rate:
    | { readonly value: number; readonly lower: number; readonly upper: number; readonly atMost: number }
    | undefined;
  readonly conclusion: ReplayConclusion;
  /** Some of the mismatched rows, for a person to look at. */
  readonly examples: readonly ReplayExample[];
}

export type ReplayConclusion =
  | { readonly kind: "match" }
  | {
      readonly kind: "named";
      readonly cause: SkewCause;
      readonly pattern: SkewPattern;
      /** Share of the mismatched rows that the pattern explains. */
      readonly share: number;
      readonly words: string;
    }
  | { readonly kind: "unexplained"; readonly nearest: string | undefined }
  /** Too few mismatched rows to name a pattern. */
  | { readonly kind: "too-few"; readonly need: number };

export interface ReplayExample {
  readonly id: string;
  readonly served: string | number | null;
  readonly recomputed: string | number | null;
}

/** A window's logged rows recomputed by the pipeline its release was trained with. */
export interface ReplayReport {
  readonly release: string;
  readonly pipeline: string;
  readonly rows: number;
  readonly withVector: number;
  readonly windowRows: number;
  readonly features: readonly FeatureReplay[];
}

export type ReplayOutcome =
  | { readonly kind: "replayed"; readonly report: ReplayReport }
  | {
      readonly kind: "not-replayed";
      readonly reason: "no-release" | "no-pipeline" | "no-vectors" | "no-rows";
      readonly message: string;
    };
