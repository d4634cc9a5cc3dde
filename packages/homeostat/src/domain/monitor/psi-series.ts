import { PSI_VARIANT, psi } from "../../stats/distance/psi.ts";
import { groupCounts } from "../../stats/histogram/bin-groups.ts";
import type { Overdispersion } from "../../stats/hypothesis/overdispersion.ts";
import { total } from "./count-series.ts";
import type { Grouping } from "./grouping.ts";
import { seasonMissing, untested } from "./untested.ts";
import type { SeriesKey, SeriesTest } from "./verdict.ts";

/** What a series of PSI is held to unless declared otherwise (R12): debiased, in nats. Measured in decision 6. */
export const psiDefaults = { threshold: 0.25, persistenceWindows: 3, unit: "debiased PSI" } as const;

/** Fewer rows than this are compared with nothing (reference/algorithms 1.1). */
const leastRows = 10;

export interface PsiQuestion {
  readonly key: SeriesKey;
  /** Fine counts of the window. */
  readonly counts: readonly number[];
  /** Fine counts of the reference windows of the same season; undefined when there are none. */
  readonly normal: readonly number[] | undefined;
  readonly groups: Grouping;
  readonly overdispersion: Overdispersion | undefined;
  /** The season that `normal` is of; absent where it does not matter. */
  readonly season?: string;
  /** A debiased PSI from here on is material. In nats. */
  readonly threshold: number;
}

/**
 * Did a distribution move? Debiased PSI of a window against the reference windows of its own season, over report bins.
 * Where it cannot be asked the answer says why. Cost: that of `psi`.
 */
export function psiSeries({ key, counts, normal, groups, overdispersion, threshold, season }: PsiQuestion): SeriesTest {
  const rows = total(counts);
  if (normal === undefined) return untested(key, "not-checked", seasonMissing, { rows, baselineRows: 0 });
  const counted = { rows, baselineRows: total(normal) };
  if (counted.baselineRows === 0) return untested(key, "not-checked", "the baseline has no such row", counted);
  if (normal.filter((count) => count > 0).length < 2)
    return untested(key, "not-checked", "one value in the baseline of this season", counted);
  // With a single bin left `psi` refuses: this few rows cannot tell the values of the season apart.
  const used = groups(counts, normal);
  const compared = psi(
    groupCounts(counts, used),
    groupCounts(normal, used),
    overdispersion === undefined ? {} : { overdispersion },
  );
  if (compared.kind === "insufficient" || compared.pValue === null)
    return untested(key, "not-enough-data", "too few rows to compare", {
      ...counted,
      ...(rows < leastRows ? { neededRows: leastRows } : {}),
    });
  return {
    kind: "tested",
    key,
    numbers: {
      variant: PSI_VARIANT,
      value: compared.value,
      baselineValue: undefined,
      effect: compared.debiased,
      threshold,
      pValue: compared.pValue,
      expectedByChance: compared.expectedByChance,
      lowerBound: compared.lower95,
      overdispersion: overdispersion?.phi,
      bins: compared.bins,
      ...(season === undefined || season === "all" ? {} : { season }),
      ...counted,
    },
  };
}
