import { type BinGroups, groupCounts } from "../histogram/bin-groups.ts";
import { type Binning, nullBinOf } from "../histogram/binning.ts";
import { fittingReportGroups } from "../histogram/fitting-report-groups.ts";
import { newCategoryPValue } from "../hypothesis/new-category.ts";
import { effectiveRows } from "../hypothesis/overdispersion.ts";
import { type NoProportions, type ProportionTest, twoProportionTest } from "../hypothesis/two-proportions.ts";
import type { EvidenceOptions, InsufficientEvidence } from "./evidence.ts";
import { type PsiEvidence, psi } from "./psi.ts";

/** Rows of values that the baseline never had, and the chance of that many when nothing changed. */
export interface NewValues {
  readonly rows: number;
  readonly pValue: number;
}

/** Everything the counts of one feature say about one window. Three tests; correct for all of them together. */
export interface FeatureDrift {
  readonly shift: PsiEvidence | InsufficientEvidence;
  readonly newValues: NewValues;
  readonly missing: ProportionTest | NoProportions;
  /** The fine bins behind each bin of `shift`. */
  readonly groups: BinGroups;
}

/**
 * From fine counts to evidence: groups fine bins into report bins, pools rare ones, computes PSI, and tests never-seen
 * values and the null rate exactly beside it.
 *
 * Shapes: counts per bin of the same frozen binning for window and baseline. The grouping of a number looks at the baseline
 * counts and the sizes only; the pool of rare categories is chosen by both samples' counts together (see `poolRareBins`). A constant baseline feature leaves one bin, so `shift` refuses and the new-value test speaks.
 * With overdispersion the new-value test counts ⌈rows/φ⌉ observations. Cost: O(bins) plus that of `psi`.
 */
export function featureDrift(
  binning: Binning,
  window: readonly number[],
  baseline: readonly number[],
  options: EvidenceOptions = {},
): FeatureDrift {
  const windowRows = total(window);
  const baselineRows = total(baseline);
  const groups = fittingReportGroups(binning, baseline, windowRows, window);
  const nulls = nullBinOf(binning);
  return {
    shift: psi(groupCounts(window, groups), groupCounts(baseline, groups), options),
    newValues: newValuesOf(window, baseline, nulls, options),
    missing: twoProportionTest(
      { hits: window[nulls] ?? 0, rows: windowRows, baselineHits: baseline[nulls] ?? 0, baselineRows },
      "two-sided",
      options.overdispersion,
    ),
    groups,
  };
}

function newValuesOf(
  window: readonly number[],
  baseline: readonly number[],
  nulls: number,
  { overdispersion }: EvidenceOptions,
): NewValues {
  const unseen = window.filter((_, bin) => bin !== nulls && (baseline[bin] ?? 0) === 0);
  const rows = total(unseen);
  const effective = (count: number): number => Math.ceil(effectiveRows(count, overdispersion));
  const present = effective(total(window) - (window[nulls] ?? 0));
  const known = effective(total(baseline) - (baseline[nulls] ?? 0));
  return { rows, pValue: newCategoryPValue(effective(rows), present, known) };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
