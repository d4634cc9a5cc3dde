import type { WindowProfile } from "../../baseline/profile-store.ts";
import { labelsMissing } from "../quality/label-readiness.ts";
import type { ReferencePicture } from "../reference-picture.ts";
import { keyOf } from "../segment-key.ts";

/**
 * Segments that lost materially more than in the baseline, by their own metric or at equal predictions, and how many of
 * their rows have an outcome. Whether it is more than chance is not asked. Pure. O(segments × bins).
 */
export function lostMore(
  picture: ReferencePicture,
  profile: WindowProfile,
): readonly { readonly key: string; readonly labelledRows: number }[] {
  return picture.segments.flatMap((segment) => {
    const key = keyOf(segment);
    const counts = { scores: profile.scores.get(key), confidences: profile.confidences.get(key) };
    const { quality, truth } = picture.score(segment);
    const shown = quality.shown(counts);
    if (labelsMissing(shown, true) !== undefined) return [];
    const tested = quality.test(counts);
    const worse = !("notEnough" in tested) && tested.effect >= tested.threshold;
    return worse || growthAtEqualPredictions(truth, counts) >= materialGrowth(picture)
      ? [{ key, labelledRows: shown.labelledRows }]
      : [];
  });
}

type Truth = ReturnType<ReferencePicture["score"]>["truth"];

function growthAtEqualPredictions(truth: Truth, counts: Parameters<Truth["conditional"]>[0]): number {
  const conditional = truth.conditional(counts);
  if ("notEnough" in conditional) return Number.NEGATIVE_INFINITY;
  const unit = truth.unit ?? Number.NaN;
  return (conditional.realised - conditional.expected) / unit;
}

/** Growth of the error at equal predictions that matters: of a share of errors, or relative to the baseline's mean error. */
export const materialErrorRate = 0.05;
export const materialAbsoluteError = 0.2;

const materialGrowth = ({ baseline }: ReferencePicture): number =>
  baseline.score.kind === "value" ? materialAbsoluteError : materialErrorRate;
