import { type DegradationOptions, degradationOf } from "./degradation.ts";
import { type SliceSums, sumsWithout } from "./slice-sums.ts";

/** Whether the harm is the slice's own or everybody's. */
export type HarmExtent = "slice" | "everyone" | "unclear";

export type ComplementContrast =
  | {
      readonly kind: "contrast";
      /** Change of the mean loss among all other rows. */
      readonly restDelta: number;
      /** Change in the slice minus change in the rest. */
      readonly difference: number;
      readonly standardError: number;
      readonly z: number;
      readonly extent: HarmExtent;
    }
  | { readonly kind: "insufficient" };

/**
 * Is it the slice or everyone? Compares the change inside a slice with the change among all other rows.
 *
 *     difference = delta_S - delta_rest,   se^2 = se_S^2 + se_rest^2
 *
 * `everyone` when the rest worsened by at least half as much and significantly (z > 1.96); `slice` when the difference
 * is significant and the rest moved less than half as much; `unclear` otherwise. Cost: O(1).
 * Source: algorithms specification, section 5.4 ("report also vs complement").
 */
export function complementContrast(
  slice: SliceSums,
  total: SliceSums,
  options: DegradationOptions,
): ComplementContrast {
  const inside = degradationOf(slice, options);
  const outside = degradationOf(sumsWithout(total, slice), options);
  if (inside.kind !== "measured" || outside.kind !== "measured") return { kind: "insufficient" };
  const difference = inside.delta - outside.delta;
  const standardError = Math.hypot(inside.standardError, outside.standardError);
  if (!(standardError > 0)) return { kind: "insufficient" };
  const z = difference / standardError;
  return {
    kind: "contrast",
    restDelta: outside.delta,
    difference,
    standardError,
    z,
    extent: extentOf(inside.delta, outside, z),
  };
}

function extentOf(delta: number, outside: { readonly delta: number; readonly z: number }, z: number): HarmExtent {
  const half = 0.5 * delta;
  if (outside.delta >= half && outside.z > 1.96) return "everyone";
  return z > 1.96 && outside.delta < half ? "slice" : "unclear";
}
