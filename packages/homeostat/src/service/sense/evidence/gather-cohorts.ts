import { featureUnion } from "../../../domain/monitor/truth/choose-strata.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** Rows are held alike in so many features, those that explain the output best, each in so many groups. */
const heldFeatures = 3;
const groupsOfFeature = 4;

/** Nothing is counted where no segment is declared to be consistent. Otherwise one GROUP BY over the window for each. */
export const gatherCohorts: EvidenceGatherer<"cohorts"> = async ({ cells }, scene) => {
  const { system, baseline, picture, window } = scene;
  const consistent = system.segments.filter(({ consistent: marked }) => marked === true);
  if (consistent.length === 0) return new Map();
  const features = (await cells.featuresByOutput(system, baseline)).slice(0, heldFeatures);
  const strata = features.map((name) => ({ name, groups: featureUnion(picture, name, groupsOfFeature) }));
  const counted = await Promise.all(
    consistent.map(async ({ name }) => {
      const found = await cells.cohortCells(system, baseline, window, name, strata);
      return [name, { cells: found, features }] as const;
    }),
  );
  return new Map(counted);
};
