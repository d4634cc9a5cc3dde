import type { Overdispersion } from "../../stats/hypothesis/overdispersion.ts";
import type { Baseline } from "../baseline/baseline.ts";
import type { WindowProfile } from "../baseline/profile-store.ts";
import type { SegmentValue } from "../finding/finding.ts";
import { addCounts, scoreBinning, scoreRows, total } from "./count-series.ts";
import { type Grouping, groupingOf } from "./grouping.ts";
import { bySeason, healthyVariation } from "./healthy-variation.ts";
import { binaryQualities } from "./quality/binary-quality.ts";
import { classQualities } from "./quality/class-quality.ts";
import { regressionQualities } from "./quality/regression-quality.ts";
import type { JudgedCounts, SegmentQuality } from "./quality/segment-quality.ts";
import { keyOf } from "./segment-key.ts";
import { type SegmentTruth, segmentTruths } from "./truth/segment-truth.ts";

/** What is normal of the predictions of a segment. */
export interface ScoreReference {
  readonly groups: Grouping;
  /** Fine counts of the reference windows of a season; undefined where the reference has no window of that season. */
  season(season: string): readonly number[] | undefined;
  readonly all: readonly number[];
  readonly overdispersion: Overdispersion | undefined;
  readonly quality: SegmentQuality;
  /** What predictions alone say of performance, and outcomes at equal predictions. */
  readonly truth: SegmentTruth;
}

/** Builds them. Cost: O(reference windows × segments × bins) once, then O(reference windows × bins) per segment. */
export function scoreReferences(
  baseline: Baseline,
  profiles: readonly WindowProfile[],
  seasons: readonly string[],
  segments: readonly (SegmentValue | undefined)[],
): (segment: SegmentValue | undefined) => ScoreReference {
  const qualities = qualitiesOf(baseline, profiles, segments);
  const countsOf = (segment: SegmentValue | undefined): readonly JudgedCounts[] =>
    profiles.map(({ scores, confidences }) => ({
      scores: scores.get(keyOf(segment)),
      confidences: confidences.get(keyOf(segment)),
    }));
  const truths = segmentTruths(baseline.score, segments, countsOf, qualities);
  return (segment) => {
    const windows = profiles.map((profile) => scoreRows(profile.scores.get(keyOf(segment)), baseline.score));
    const all = windows.reduce<readonly number[]>(addCounts, scoreRows(undefined, baseline.score));
    const sums = bySeason(seasons, windows, addCounts);
    const groups = groupingOf(scoreBinning(baseline.score), all, windows.map(total));
    return {
      groups,
      season: (season) => sums.get(season),
      all,
      overdispersion: healthyVariation(seasons, windows, sums, groups),
      quality: qualities(segment),
      truth: truths(segment),
    };
  };
}

function qualitiesOf(
  { score }: Baseline,
  profiles: readonly WindowProfile[],
  segments: readonly (SegmentValue | undefined)[],
): (segment: SegmentValue | undefined) => SegmentQuality {
  switch (score.kind) {
    case "probability":
      return binaryQualities(score, profiles, segments);
    case "value":
      return regressionQualities(score, profiles, segments);
    case "class":
      return classQualities(score, profiles, segments);
  }
}
