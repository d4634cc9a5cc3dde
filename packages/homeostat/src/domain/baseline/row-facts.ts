import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { Baseline } from "./baseline.ts";

/** Counts of one window that need its raw rows: sums again, never rows. Each is one statement over few columns. */
export interface RowFacts {
  /** Ages of the features that senders told, in all rows and beside them the ages in the baseline. Empty: none was told. */
  featureAges(
    system: System,
    baseline: Baseline,
    window: Window,
    limitsSeconds: ReadonlyMap<string, number>,
  ): Promise<readonly FeatureAge[]>;
  /** The same input or the same vector asked several times of one release in one setting. */
  repeats(system: System, window: Window): Promise<readonly RepeatedQuestions[]>;
  /** The same over the reference rows of the baseline. */
  referenceRepeats(system: System, baseline: Baseline): Promise<readonly RepeatedQuestions[]>;
  /** Many slightly different inputs of one caller around one place, the fullest places first. */
  crowds(system: System, baseline: Baseline, window: Window, band: ScoreBand): Promise<readonly Crowd[]>;
  /** The fullest such place of each reference window; callers are not told apart there. */
  referenceCrowds(system: System, baseline: Baseline, band: ScoreBand): Promise<readonly Crowd[]>;
}

/** Scores around the decision threshold. */
export interface ScoreBand {
  readonly least: number;
  readonly greatest: number;
}

/** How old a feature was when it was used. Ages in seconds. */
export interface FeatureAge {
  readonly feature: string;
  /** Rows that told its age. */
  readonly rows: number;
  readonly median: number;
  readonly p99: number;
  readonly greatest: number;
  /** What is too old: declared, or else the 99th percentile of the baseline; undefined where neither is known. */
  readonly limit: number | undefined;
  readonly limitFrom: "declared" | "baseline" | undefined;
  readonly overLimit: number;
  readonly baselineRows: number;
  readonly baselineOverLimit: number;
}

/** Questions that were asked more than once: rows with the same vector (or input), release and setting. */
export interface RepeatedQuestions {
  /** `vector`: what the model saw was the same; `input`: what the caller sent was. */
  readonly same: "vector" | "input";
  readonly release: string;
  /** Sampling settings, prompt version, seed and the like, as the sender told them; empty: none. */
  readonly setting: string;
  /** Questions asked at least twice, and how many of them got answers that differ. */
  readonly questions: number;
  readonly differing: number;
  readonly rows: number;
  /** Pooled standard deviation of the answers to one question; undefined for classes. */
  readonly spread: number | undefined;
  readonly largest: number | undefined;
}

/** Rows of one caller whose vectors fall into one small cell, and how they lie about the threshold. */
export interface Crowd {
  /** `caller`, or the name of the entity's field; empty in a reference. */
  readonly by: string;
  readonly who: string;
  readonly rows: number;
  /** Different vectors among them. */
  readonly distinct: number;
  /** Of these rows: with a score in the band around the threshold, and decided positively. */
  readonly nearThreshold: number;
  readonly positives: number;
  /** Start of the reference window; undefined for live rows. */
  readonly windowStart: number | undefined;
}
