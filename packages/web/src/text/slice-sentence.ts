import type { Diagnosis } from "@homeostat/protocol";
import { warningPsi } from "../plot/drift-level.ts";
import { formatDifference, formatPsi, formatShare } from "./number.ts";

type Slice = NonNullable<Diagnosis["slice"]>;

/** Now minus baseline; null as soon as one of them is not known. */
export function differenceOf(now: number | null, baseline: number | null): number | null {
  return now === null || baseline === null ? null : now - baseline;
}

/** `origin = LAX`, or `origin = LAX, SFO and SEA` when several values belong to the slice. */
export function sliceName(slice: Slice): string {
  if (slice.segment === null) return slice.words;
  const values = slice.values.length === 0 ? [slice.segment.value] : slice.values;
  const last = values.at(-1) ?? "";
  return `${slice.segment.name} = ${values.length === 1 ? last : `${values.slice(0, -1).join(", ")} and ${last}`}`;
}

/**
 * Why the number over all rows was not to be trusted. Claims that the total looks calm only when it does: its PSI is
 * known and under the warning level while the slice's is not.
 */
export function calmSentence(slice: Slice): string {
  const aucMoved = differenceOf(slice.globalAuc, slice.globalBaselineAuc);
  const moved = [
    aucMoved === null ? null : `AUC moved by ${formatDifference(aucMoved, 3)}`,
    slice.globalPsi === null ? null : `the feature's PSI is ${formatPsi(slice.globalPsi)}`,
  ].filter((part) => part !== null);
  if (moved.length === 0) return "The numbers over all rows are not known.";
  const calm = slice.globalPsi !== null && slice.globalPsi < warningPsi && (slice.slicePsi ?? 0) >= warningPsi;
  const said = `Over all rows ${moved.join(" and ")}`;
  return calm
    ? `${said}, under the warning level of ${warningPsi}: the total looks calm because the slice is only ${formatShare(slice.share)} of the rows.`
    : `${said}; the slice is ${formatShare(slice.share)} of the rows.`;
}
