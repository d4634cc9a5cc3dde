import {
  onlySegment,
  type Slice,
  type SlicePicture,
  type SliceStore,
  sliceWords,
} from "../../domain/baseline/slice-store.ts";
import type { FeatureAudit, SliceEvidence } from "../../domain/incident/diagnosis.ts";
import { denseCounts, denseScores, total } from "../../domain/monitor/count-series.ts";
import { seasonOf } from "../../domain/window/window.ts";
import { psi } from "../../stats/distance/psi.ts";
import { groupCounts } from "../../stats/histogram/bin-groups.ts";
import { binCountOf } from "../../stats/histogram/binning.ts";
import { fittingReportGroups } from "../../stats/histogram/fitting-report-groups.ts";
import { binnedAuc } from "../../stats/performance/binned-auc.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";

export interface SliceAudit {
  readonly slice: SliceEvidence | undefined;
  /** Every feature on the slice, most moved first. */
  readonly features: readonly FeatureAudit[];
  /** The same over all rows. */
  readonly global: readonly FeatureAudit[];
}

const meanLoss = ({ losses }: SlicePicture): number | undefined =>
  losses.rows === 0 ? undefined : losses.loss / losses.rows;

/**
 * PSI of every feature on the slice against the same slice in the reference windows of the same seasons, and the AUC of
 * slice and whole: the two numbers that show what the global one hides.
 */
export async function auditSlice(
  slices: SliceStore,
  scene: DiagnosisScene,
  slice: Slice | undefined,
): Promise<SliceAudit> {
  const { system, baseline, range } = scene;
  const live = { kind: "live", from: range.from, to: range.to } as const;
  const reference = { kind: "reference", windows: sameSeasonWindows(scene) } as const;
  const everything = { kind: "reference", windows: baseline.windows.map((window) => window.start) } as const;
  const [now, then, allNow, allThen, sliceBaseline, allBaseline] = await Promise.all([
    slices.picture(system, baseline, live, slice),
    slices.picture(system, baseline, reference, slice),
    slices.picture(system, baseline, live, undefined),
    slices.picture(system, baseline, reference, undefined),
    slices.picture(system, baseline, everything, slice),
    slices.picture(system, baseline, everything, undefined),
  ]);
  const features = compare(scene, now, then);
  const global = compare(scene, allNow, allThen);
  const top = features[0];
  const segment = onlySegment(slice);
  return {
    features,
    global,
    slice: {
      segment: segment === undefined ? undefined : { name: segment.name, value: segment.values[0] ?? "" },
      values: segment?.values ?? [],
      words: sliceWords(slice),
      rows: now.rows,
      share: allNow.rows === 0 ? 0 : now.rows / allNow.rows,
      auc: aucOf(scene, now),
      baselineAuc: aucOf(scene, sliceBaseline),
      globalAuc: aucOf(scene, allNow),
      globalBaselineAuc: aucOf(scene, allBaseline),
      slicePsi: top?.psi,
      globalPsi: global.find((feature) => feature.feature === top?.feature)?.psi,
      losses: {
        slice: meanLoss(now),
        sliceBaseline: meanLoss(sliceBaseline),
        global: meanLoss(allNow),
        globalBaseline: meanLoss(allBaseline),
      },
    },
  };
}

/** The reference windows of the seasons that the incident's stretch covers, so that a Monday is held against Mondays. */
export function sameSeasonWindows({
  system,
  baseline,
  range,
}: Pick<DiagnosisScene, "system" | "baseline" | "range">): readonly number[] {
  const seasons = new Set<string>();
  for (let start = range.from; start < range.to; start += system.windows.lengthMs) {
    seasons.add(seasonOf({ start, end: start + system.windows.lengthMs }, system.windows.season));
  }
  return baseline.windows.filter((window) => seasons.has(window.season)).map((window) => window.start);
}

function compare({ baseline }: DiagnosisScene, now: SlicePicture, then: SlicePicture): readonly FeatureAudit[] {
  const audits = baseline.features.flatMap(({ name, binning }): FeatureAudit[] => {
    const bins = binCountOf(binning);
    const window = denseCounts(now.features.get(name), bins);
    const normal = denseCounts(then.features.get(name), bins);
    const groups = fittingReportGroups(binning, normal, total(window), window);
    const evidence = psi(groupCounts(window, groups), groupCounts(normal, groups));
    if (evidence.kind === "insufficient" || evidence.pValue === null) return [];
    return [
      {
        feature: name,
        psi: evidence.value,
        psiDebiased: evidence.debiased,
        expectedByChance: evidence.expectedByChance,
        pValue: evidence.pValue,
        rows: evidence.windowRows,
        baselineRows: evidence.baselineRows,
        bins: evidence.bins,
      },
    ];
  });
  return audits.sort((left, right) => right.psiDebiased - left.psiDebiased);
}

function aucOf({ baseline }: DiagnosisScene, picture: SlicePicture): number | undefined {
  // Other tasks are not told by an AUC: the step that asks for it says that it was not checked.
  if (baseline.score.kind !== "probability") return undefined;
  const scores = denseScores(
    picture.score?.kind === "probability" ? picture.score : undefined,
    baseline.score.edges.length + 1,
  );
  const auc = binnedAuc(scores.positives, scores.negatives);
  return auc.kind === "binned-auc" ? auc.estimate.value : undefined;
}
