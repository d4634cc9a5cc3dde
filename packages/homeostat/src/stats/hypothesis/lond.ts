import { advanceOnline, type OnlineState, type OnlineStep } from "./online-state.ts";
import { onlineWeight } from "./online-weight.ts";

/**
 * One step of LOND: discovery when `p ≤ α·γ_t·(R + 1)`, R the discoveries so far.
 *
 * Controls the false discovery rate at alpha for independent or positively dependent p-values; less powerful than LORD++.
 * Cost: O(1). Source: Javanmard & Montanari (2015); Zrnic, Ramdas & Jordan (2021).
 */
export function lond(state: OnlineState, pValue: number, alpha = 0.05): OnlineStep {
  const level = alpha * onlineWeight(state.tests + 1) * (state.discoveries.length + 1);
  return advanceOnline(state, level, pValue <= level);
}

/**
 * One step of e-LOND: discovery when `e ≥ 1/(α·γ_t·(R + 1))`; `level` is that bound.
 *
 * Controls the false discovery rate at alpha under any dependence between the e-values. Cost: O(1).
 * Source: Xu & Ramdas (2024).
 */
export function eLond(state: OnlineState, eValue: number, alpha = 0.05): OnlineStep {
  const level = 1 / (alpha * onlineWeight(state.tests + 1) * (state.discoveries.length + 1));
  return advanceOnline(state, level, eValue >= level);
}
