import { areaUnderCurve } from "../../stats/distance/area-under-curve.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { studentTSurvival } from "../../stats/special/student-t-survival.ts";
import type { Cancellation } from "../cancellation.ts";
import { invariant } from "../invariant.ts";
import type { FeatureVector } from "../pipeline/pipeline.ts";

/** Can a classifier tell the rows of a window from the baseline's? One that cannot does no better than AUC 0.5. */
export interface SeparationReport {
  readonly baseline: string;
  readonly rows: number;
  readonly baselineRows: number;
  /** Cross-fitted area under the curve: chance that a row of the window scores above one of the baseline. */
  readonly auc: number;
  /** The same of healthy windows of the baseline, each against the others. */
  readonly healthyAucs: readonly number[];
  /** One-sided: how rarely a healthy window is told apart this well. */
  readonly pValue: number;
  /** How much of the area is lost when the values of one feature are shuffled; largest first. */
  readonly givenAwayBy: readonly { readonly feature: string; readonly drop: number }[];
}

export type SeparationOutcome =
  | { readonly kind: "examined"; readonly report: SeparationReport }
  | {
      readonly kind: "not-examined";
      readonly reason: "no-baseline" | "too-few-rows" | "too-few-healthy-windows";
      readonly message: string;
    };

/** Rows to be told apart: of one window, and of the baseline. Vectors in the order of the features. */
export interface SeparationProblem {
  readonly window: readonly FeatureVector[];
  readonly baseline: readonly FeatureVector[];
}

/** A classifier of rows, trained anew for every fold. Runs apart from the serving thread. */
export interface RowClassifier {
  /**
   * For every problem: the chance of being of the window for each row by a model that was not trained on it, and the
   * same with one feature at a time shuffled among the rows of its fold (where `shuffle` is given).
   * @throws Fault `training-failed`. Aborting the signal stops the work.
   */
  score(request: ClassifierRequest, signal: Cancellation): Promise<readonly ClassifierScores[]>;
}

export interface ClassifierRequest {
  readonly features: readonly { readonly name: string; readonly type: "number" | "category" }[];
  readonly problems: readonly {
    readonly rows: readonly FeatureVector[];
    readonly ofWindow: readonly boolean[];
    /** Which of two folds a row is scored in. */
    readonly fold: readonly (0 | 1)[];
    /** For each row the row whose value it gets when a feature is shuffled; undefined: nothing is shuffled. */
    readonly shuffle: readonly number[] | undefined;
  }[];
}

export interface ClassifierScores {
  readonly scores: readonly number[];
  /** One list per feature; empty where nothing was to be shuffled. */
  readonly shuffled: readonly (readonly number[])[];
}

/** Fewer rows than this on a side, and a classifier learns noise. */
export const leastSeparationRows = 200;
/** Fewer healthy windows to compare with, and there is no telling how well healthy windows are told apart. */
export const leastHealthyWindows = 4;

/**
 * Tells a window from the baseline by classifiers, and judges the area by that of healthy windows told apart in the same
 * way (each against the others of the baseline): days differ from each other, and pooled cross-fitted scores are not
 * independent, so the textbook law of the area would call most healthy days different. The p-value is Student's t with as
 * many degrees of freedom as there are healthy windows less one. Deterministic: folds and shuffles follow from `seed`.
 */
export async function judgeSeparation(
  classifier: RowClassifier,
  baseline: string,
  features: ClassifierRequest["features"],
  problem: SeparationProblem,
  healthy: readonly SeparationProblem[],
  seed: number,
  signal: Cancellation,
): Promise<SeparationReport> {
  const laid = [problem, ...healthy].map((one, index) => layOut(one, seed + index, index === 0));
  const scored = await classifier.score({ features, problems: laid }, signal);
  const areas = laid.map((one, index) => areaOf(one, scored[index]?.scores ?? []));
  const [auc = Number.NaN, ...healthyAucs] = areas;
  const [own] = laid;
  invariant(own !== undefined, "there is a window to examine");
  return {
    baseline,
    rows: problem.window.length,
    baselineRows: problem.baseline.length,
    auc,
    healthyAucs,
    pValue: separationPValue(auc, healthyAucs),
    givenAwayBy: features
      .map(({ name }, place) => ({ feature: name, drop: auc - areaOf(own, scored[0]?.shuffled[place] ?? []) }))
      .filter(({ drop }) => drop > 0)
      .sort((left, right) => right.drop - left.drop),
  };
}

/**
 * One-sided chance that one more healthy window is told apart at least as well. On the logit of the area, which has no
 * ceiling; spread at least that of independent rows would be asked of callers with few windows.
 */
function separationPValue(auc: number, healthyAucs: readonly number[]): number {
  const logits = healthyAucs.map(logit);
  const count = logits.length;
  if (count < 2) return Number.NaN;
  const mean = logits.reduce((sum, value) => sum + value, 0) / count;
  const variance = logits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const spread = Math.sqrt(Math.max(variance, leastVariance) * (1 + 1 / count));
  return studentTSurvival((logit(auc) - mean) / spread, count - 1);
}

/** Of the logit: healthy areas that happen to agree to the third digit do not make the fourth one evidence. */
const leastVariance = 0.02 ** 2;

const logit = (share: number): number => {
  const inside = Math.min(0.9999, Math.max(0.0001, share));
  return Math.log(inside / (1 - inside));
};

type LaidOut = ClassifierRequest["problems"][number];

/** Rows of both sides in alternating folds of each side, in random order. */
function layOut(problem: SeparationProblem, seed: number, shuffled: boolean): LaidOut {
  const random = createXoshiro(seed);
  const rows = [...problem.window, ...problem.baseline];
  const ofWindow = rows.map((_, index) => index < problem.window.length);
  const fold = rows.map(() => (random.next() < 0.5 ? 0 : 1) as 0 | 1);
  return { rows, ofWindow, fold, shuffle: shuffled ? shuffleWithin(fold, () => random.next()) : undefined };
}

function shuffleWithin(fold: readonly (0 | 1)[], next: () => number): readonly number[] {
  const partner = fold.map((_, index) => index);
  for (const side of [0, 1] as const) {
    const places = fold.flatMap((own, index) => (own === side ? [index] : []));
    for (let last = places.length - 1; last > 0; last--) {
      const other = Math.floor(next() * (last + 1));
      const [left = 0, right = 0] = [places[last], places[other]];
      const kept = partner[left] ?? left;
      partner[left] = partner[right] ?? right;
      partner[right] = kept;
    }
  }
  return partner;
}

/** The mean of the areas of the two folds: scores of two models are not on one scale. */
function areaOf(problem: LaidOut, scores: readonly number[]): number {
  const areas = ([0, 1] as const).map((fold) => {
    const pick = (side: boolean): number[] =>
      scores.filter((_, index) => problem.ofWindow[index] === side && problem.fold[index] === fold);
    return areaUnderCurve(pick(true), pick(false));
  });
  return areas.reduce((sum, area) => sum + area, 0) / areas.length;
}
