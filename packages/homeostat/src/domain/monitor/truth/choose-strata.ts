import { binCountOf } from "../../../stats/histogram/binning.ts";
import type { BinUnion, Strata } from "../../baseline/cell-store.ts";
import type { WindowProfile } from "../../baseline/profile-store.ts";
import { denseCounts } from "../count-series.ts";
import { psiSeries } from "../psi-series.ts";
import type { ReferencePicture } from "../reference-picture.ts";

/** A cell wants about so many labelled rows of the window (algorithm of the `cell` primitive). */
const rowsACell = 15;
const featureGroups = 8;

/**
 * The strata of a window: the prediction, and the one or two features that moved most, since a feature that moved and is
 * not held alike is taken for concept drift. As many cells as the labelled rows carry. Pure. O(features × bins).
 */
export function chooseStrata(
  picture: ReferencePicture,
  profile: WindowProfile,
  season: string,
  labelledRows: number,
): Strata {
  const cells = labelledRows / rowsACell;
  const moved = movedFeatures(picture, profile, season);
  const { groupsOfPrediction } = picture.score(undefined).truth;
  if (cells < 20) return { prediction: groupsOfPrediction(5), features: [] };
  const size = Math.min(featureGroups, Math.max(2, Math.floor(cells / 10)));
  const features = moved.slice(0, cells >= 10 * featureGroups ** 2 ? 2 : 1);
  return {
    prediction: groupsOfPrediction(cells >= 10 * featureGroups ? 10 : 5),
    features: features.map((name) => ({ name, groups: featureUnion(picture, name, size) })),
  };
}

/** Names of the features by how far they moved over all rows, farthest first. */
function movedFeatures(picture: ReferencePicture, profile: WindowProfile, season: string): readonly string[] {
  const effects = picture.baseline.features.map(({ name }) => {
    const reference = picture.feature(undefined, name);
    const test = psiSeries({
      key: { monitor: "input-drift", metric: "psi", segment: undefined, feature: name },
      counts: denseCounts(profile.features.get("")?.get(name), binCountOf(reference.binning)),
      normal: reference.season(season) ?? reference.all,
      groups: reference.groups,
      overdispersion: reference.overdispersion,
      threshold: 0,
    });
    return { name, effect: test.kind === "tested" ? test.numbers.effect : Number.NEGATIVE_INFINITY };
  });
  return effects.sort((left, right) => right.effect - left.effect).map(({ name }) => name);
}

/** Neighbouring bins of a number with about equal reference rows; of a category the most frequent apart, the rest together. */
export function featureUnion(picture: ReferencePicture, name: string, most: number): BinUnion {
  const { binning, all } = picture.feature(undefined, name);
  const rows = all.reduce((sum, count) => sum + count, 0);
  if (binning.kind === "categorical") {
    const byRows = [...all.keys()].sort((left, right) => (all[right] ?? 0) - (all[left] ?? 0));
    return [...byRows.slice(0, most - 1).map((bin) => [bin]), byRows.slice(most - 1)].filter(
      ({ length }) => length > 0,
    );
  }
  const groups: number[][] = [[]];
  let open = 0;
  // the last bin holds missing values, which are no neighbours of the largest ones
  const missing = all.length - 1;
  for (const bin of all.keys()) {
    if (bin === missing) continue;
    groups.at(-1)?.push(bin);
    open += all[bin] ?? 0;
    if (open * most < rows || bin === missing - 1) continue;
    groups.push([]);
    open = 0;
  }
  return [...groups, [missing]].filter(({ length }) => length > 0);
}
