import { normalQuantile } from "../special/normal-quantile.ts";

/**
 * How many random labels give a half width of `margin` at level 1 - alpha: n = z^2 Var(a - lambda c) / margin^2,
 * rounded up. `rectifierVariance` >= 0 from an earlier window (for errors at rate p without a model: p(1-p)). O(1).
 */
export function auditSampleSize(rectifierVariance: number, margin: number, alpha = 0.05): number {
  if (!(rectifierVariance >= 0 && Number.isFinite(rectifierVariance) && margin > 0 && alpha > 0 && alpha < 1))
    throw new RangeError("variance >= 0, margin > 0 and alpha in (0, 1) are required");
  return Math.ceil(normalQuantile(alpha / 2) ** 2 * (rectifierVariance / margin ** 2) - 1e-9);
}

export interface AuditStratum {
  readonly size: number;
  /** Expected correctness (or rate) of its rows. */
  readonly expected: number;
}

/**
 * Neyman allocation of `labels` over score strata: n_h ~ N_h sqrt(c_h (1 - c_h)), whole numbers that add up to
 * min(labels, total size), none above its stratum. Strata that are sure (c = 0 or 1) still get rows last, so that a
 * wrong certainty can be found out. O(H^2).
 * Source: Neyman (1934), JRSS 97.
 */
export function neymanAllocation(strata: readonly AuditStratum[], labels: number): readonly number[] {
  const total = strata.reduce((sum, s) => sum + Math.floor(s.size), 0);
  let left = Math.min(Math.max(0, Math.floor(labels)), total);
  const given = strata.map(() => 0);
  const room = (h: number): number => Math.floor(strata[h]?.size ?? 0) - (given[h] ?? 0);
  while (left > 0) {
    const open = [...strata.keys()].filter((h) => room(h) > 0);
    const needs = open.map((h) => needOf(strata[h]));
    const need = needs.reduce((sum, v) => sum + v, 0);
    const wanted = open.map((_, i) => (need > 0 ? (left * (needs[i] ?? 0)) / need : left / open.length));
    const before = left;
    for (const [i, h] of open.entries()) {
      const take = Math.min(room(h), Math.floor(wanted[i] ?? 0));
      given[h] = (given[h] ?? 0) + take;
      left -= take;
    }
    if (left < before) continue;
    const order = open.map((h, i) => ({ h, part: wanted[i] ?? 0 })).sort((a, b) => b.part - a.part || a.h - b.h);
    for (const { h } of order.slice(0, left)) {
      given[h] = (given[h] ?? 0) + 1;
      left -= 1;
    }
  }
  return given;
}

function needOf(stratum: AuditStratum | undefined): number {
  if (stratum === undefined) return 0;
  const c = Math.min(1, Math.max(0, stratum.expected));
  return stratum.size * Math.sqrt(c * (1 - c));
}
