/** How much more than independent rows a feature's statistic fluctuates in healthy windows, and from how many windows. */
export interface Overdispersion {
  /** Mean of T/(B−1) over healthy windows, at least 1. Effective rows are rows/phi. */
  readonly phi: number;
  /** How many windows it was estimated from: the second degrees of freedom of the F law are windows·(B−1). */
  readonly windows: number;
}

/** Too few healthy windows to say how rows cluster. */
export interface UnknownOverdispersion {
  readonly kind: "insufficient";
  readonly have: number;
  readonly need: number;
}

/** Healthy windows needed before overdispersion is estimated. */
export const LEAST_HEALTHY_WINDOWS = 8;

/**
 * `φ̂ = max(1, mean_w T_w/df_w)` over healthy windows of the same segment and similar size (A/A calibration).
 *
 * Rows of one user, device or session are alike; with ten rows a cluster a test for independent rows fires on 83 % of
 * healthy windows at nominal 1 %. Dividing T by φ̂ and using the F law with windows·df degrees brings it back.
 * Shapes: one {statistic, df} per window, statistic of χ²_df under independence. Windows with df < 1 or a statistic that
 * is not finite are left out; fewer than eight left gives `insufficient`. Cost: O(windows).
 * Assumes the windows are healthy and mutually independent; with seasonality take windows of the same hour of the week.
 */
export function overdispersionOf(
  windows: readonly { readonly statistic: number; readonly df: number }[],
): ({ readonly kind: "estimated" } & Overdispersion) | UnknownOverdispersion {
  const usable = windows.filter(({ statistic, df }) => df >= 1 && Number.isFinite(statistic));
  if (usable.length < LEAST_HEALTHY_WINDOWS) {
    return { kind: "insufficient", have: usable.length, need: LEAST_HEALTHY_WINDOWS };
  }
  const ratio = usable.reduce((sum, { statistic, df }) => sum + statistic / df, 0) / usable.length;
  return { kind: "estimated", phi: Math.max(1, ratio), windows: usable.length };
}

/** Rows after clustering is accounted for: rows/phi. */
export function effectiveRows(rows: number, overdispersion: Overdispersion | undefined): number {
  return overdispersion ? rows / Math.max(1, overdispersion.phi) : rows;
}
