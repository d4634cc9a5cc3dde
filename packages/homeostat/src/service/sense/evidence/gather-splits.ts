import { chooseStrata } from "../../../domain/monitor/truth/choose-strata.ts";
import { type LossSplit, lossSplit } from "../../../domain/monitor/truth/loss-split.ts";
import { lostMore } from "../../../domain/monitor/truth/lost-more.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/**
 * Splits the loss of the segments that lost materially more than the baseline. Nothing is counted for a window whose
 * outcomes are not there, or where nobody lost: most windows. Otherwise one GROUP BY over the window, and one over the
 * baseline that is remembered.
 */
export const gatherSplits: EvidenceGatherer<"splits"> = async ({ cells }, scene) => {
  const { system, baseline, picture, window, profile, season, outcomesMature } = scene;
  const lost = outcomesMature ? lostMore(picture, profile) : [];
  if (lost.length === 0) return new Map();
  const strata = chooseStrata(picture, profile, season, Math.min(...lost.map(({ labelledRows }) => labelledRows)));
  const counted = await cells.lossCells(system, baseline, window, strata);
  const features = strata.features.map(({ name }) => name);
  return new Map(
    lost.flatMap(({ key }): readonly (readonly [string, LossSplit])[] => {
      const split = lossSplit(counted.get(key) ?? [], features);
      return split === undefined ? [] : [[key, split]];
    }),
  );
};
