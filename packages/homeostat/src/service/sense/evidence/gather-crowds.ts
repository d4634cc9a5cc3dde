import type { Baseline } from "../../../domain/baseline/baseline.ts";
import type { ScoreBand } from "../../../domain/baseline/row-facts.ts";
import { total } from "../../../domain/monitor/count-series.ts";
import type { ReferencePicture } from "../../../domain/monitor/reference-picture.ts";
import type { EvidenceGatherer } from "./evidence-gatherer.ts";

/** Score bins on each side of the threshold that count as near it: of 200, a twentieth of the baseline each. */
const binsAside = 10;

/** Many slightly different inputs of one caller in one place, and the fullest places of the baseline. */
export const gatherCrowds: EvidenceGatherer<"crowds"> = async ({ facts }, { system, baseline, picture, window }) => {
  const band = bandOf(baseline);
  if (band === undefined) return undefined;
  return {
    crowds: await facts.crowds(system, baseline, window, band),
    reference: await facts.referenceCrowds(system, baseline, band),
    band,
    bandShare: shareOf(picture),
  };
};

/** Scores between the edges some bins below and above the threshold; undefined without one. */
function bandOf({ score }: Baseline): ScoreBand | undefined {
  if (score.kind !== "probability") return undefined;
  const place = score.edges.indexOf(score.threshold);
  if (place < 0) return undefined;
  return { least: score.edges[place - binsAside] ?? 0, greatest: score.edges[place + binsAside] ?? 1 };
}

/** Share of the reference rows in the band. */
function shareOf(picture: ReferencePicture): number {
  const { score } = picture.baseline;
  if (score.kind !== "probability") return 1;
  const place = score.edges.indexOf(score.threshold);
  const counts = picture.score(undefined).all;
  const inside = counts.slice(Math.max(0, place - binsAside + 1), place + binsAside + 1);
  return total(counts) === 0 ? 1 : total(inside) / total(counts);
}
