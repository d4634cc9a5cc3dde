import { advanceOnline, type OnlineState, type OnlineStep } from "./online-state.ts";
import { onlineWeight } from "./online-weight.ts";

/**
 * One step of LORD++: online false discovery rate control for p-values that arrive one by one, forever.
 *
 * `α_t = γ_t·w₀ + (α − w₀)·γ_{t−τ₁} + α·Σ_{j≥2} γ_{t−τ_j}` with τ_j the discoveries so far; discovery when p ≤ α_t. Controls the
 * FDR at alpha for independent p-values. α-death: without discoveries α_t → 0, so for months-long monitoring prefer an
 * alert budget. A missing p-value must not be fed. Cost: O(discoveries). Source: Ramdas et al. (2017).
 * Check (alpha .05): .0001,.03,.2,.0004,.5,.001,.04,.00001 → discoveries at 1, 4, 8.
 */
export function lordPlusPlus(
  state: OnlineState,
  pValue: number,
  alpha = 0.05,
  startWealth: number = alpha / 2,
): OnlineStep {
  const time = state.tests + 1;
  const [first, ...later] = state.discoveries;
  let level = onlineWeight(time) * startWealth;
  if (first !== undefined) level += (alpha - startWealth) * onlineWeight(time - first);
  for (const discovery of later) level += alpha * onlineWeight(time - discovery);
  return advanceOnline(state, level, pValue <= level);
}
