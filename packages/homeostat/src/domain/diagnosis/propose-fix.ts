import { psi } from "../../stats/distance/psi.ts";
import { groupCounts } from "../../stats/histogram/bin-groups.ts";
import { fittingReportGroups } from "../../stats/histogram/fitting-report-groups.ts";
import { pairedEvidenceFromSums, pairedSums } from "../../stats/paired/paired-evidence.ts";
import type { FixCheck } from "../incident/diagnosis.ts";
import type { FeatureVector } from "../pipeline/pipeline.ts";
import type { ShiftPattern } from "./shift-pattern.ts";

/** One logged row answered twice: as it was, and as the fix would have. */
interface TwiceAnswered {
  readonly probability: number;
  readonly fixed: number;
  readonly outcome: boolean | undefined;
}

export interface FixQuestion {
  readonly rows: readonly TwiceAnswered[];
  readonly threshold: number;
  /** Inner edges of the baseline's bins of the probability, and its counts on the same slice. */
  readonly edges: readonly number[];
  readonly usualCounts: readonly number[];
  /** Growth of the mean squared error that is tolerated. */
  readonly margin: number;
}

/** Fewer rows say nothing. */
const leastRows = 50;
/** Odds against a wrong verdict, twenty to one. */
const certainty = Math.log(20);
/** Two standard errors on either side. */
const reach = 1.96;

/**
 * Is the fix better than what was answered? With enough outcomes the two mean squared errors are compared pair by pair;
 * without them, whether the answers come nearer to those of the baseline on the same slice. Pure. Cost: O(rows).
 */
export function checkFix({ rows, threshold, edges, usualCounts, margin }: FixQuestion): FixCheck {
  if (rows.length < leastRows)
    return { kind: "not-checked", reason: `only ${rows.length} logged rows could be scored again` };
  const labelled = rows.filter(({ outcome }) => outcome !== undefined);
  const squared = (probability: number, outcome: boolean | undefined): number =>
    (probability - (outcome === true ? 1 : 0)) ** 2;
  const losses = labelled.map((row) => squared(row.probability, row.outcome));
  const fixedLosses = labelled.map((row) => squared(row.fixed, row.outcome));
  const scorePsi = psiOf(
    rows.map((row) => row.probability),
    edges,
    usualCounts,
  );
  const fixedScorePsi = psiOf(
    rows.map((row) => row.fixed),
    edges,
    usualCounts,
  );
  const same = rows.filter((row) => row.probability >= threshold === row.fixed >= threshold).length;
  return {
    kind: "scored",
    rows: rows.length,
    labelled: labelled.length,
    agreement: same / rows.length,
    loss: meanOf(losses),
    fixedLoss: meanOf(fixedLosses),
    scorePsi,
    fixedScorePsi,
    verdict:
      labelled.length >= leastRows
        ? verdictOf(
            fixedLosses.map((loss, index) => loss - (losses[index] ?? 0)),
            margin,
          )
        : (fixedScorePsi ?? Number.POSITIVE_INFINITY) < nearerShare * (scorePsi ?? 0)
          ? "nearer"
          : "no-nearer",
  };
}

/** Answers are nearer to the baseline's when at most this share of the distance is left. */
const nearerShare = 0.5;

function verdictOf(differences: readonly number[], margin: number): "better" | "no-worse" | "worse" | "undecided" {
  const sums = pairedSums(differences, margin);
  const evidence = pairedEvidenceFromSums(sums);
  const error = Math.sqrt(Math.max(0, evidence.meanSquare - evidence.meanDifference ** 2) / evidence.pairs);
  if (evidence.meanDifference + reach * error < 0) return "better";
  if (evidence.lnHarm >= certainty) return "worse";
  return evidence.lnNonInferiority >= certainty ? "no-worse" : "undecided";
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function psiOf(
  probabilities: readonly number[],
  edges: readonly number[],
  usualCounts: readonly number[],
): number | undefined {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const probability of probabilities) {
    const bin = edges.filter((edge) => edge <= probability).length;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const groups = fittingReportGroups(
    { kind: "numeric", edges, points: [] },
    [...usualCounts, 0],
    probabilities.length,
    [...counts, 0],
  );
  const measured = psi(groupCounts([...counts, 0], groups), groupCounts([...usualCounts, 0], groups));
  return measured.kind === "insufficient" ? undefined : measured.debiased;
}

/** What the values were before a change whose pattern is known; undefined where it cannot be undone from the values alone. */
export function undoPattern(pattern: ShiftPattern | undefined): ((value: number) => number) | undefined {
  switch (pattern?.kind) {
    case "timezone_hours":
      return (hour) => (((hour - pattern.hours) % 24) + 24) % 24;
    case "unit_scale":
      return (value) => value / pattern.factor;
    case "offset":
      return (value) => value - pattern.by;
    default:
      return undefined;
  }
}

/** The vectors with one feature's values changed, or taken away. */
export function withFeature(
  vectors: readonly FeatureVector[],
  place: number,
  change: (value: number) => number | null,
): readonly FeatureVector[] {
  return vectors.map((vector) =>
    vector.map((value, index) => {
      if (index !== place) return value;
      return typeof value === "number" ? change(value) : null;
    }),
  );
}

/** Better ones first, then those that come nearer, then those nobody could check, then those that would harm. */
export function fixRank(check: FixCheck): number {
  if (check.kind === "not-checked") return 4;
  return { better: 0, nearer: 1, "no-worse": 2, undecided: 3, "no-nearer": 5, worse: 6 }[check.verdict];
}
