import type { Random } from "./random.ts";

/**
 * The "minimal standard" generator `s ← 16807·s mod (2³¹ − 1)`, first 20 draws discarded; identical in every language
 * with double arithmetic, which is its only purpose: shared test fixtures. Too short a period (2³¹) for resampling.
 *
 * Seed: a whole number in 1 … 2³¹ − 2 (others are brought into it). Draws lie in (0, 1). Source: Park & Miller (1988).
 * Check: seed 1 → 0.4174859744578069, 0.6867727123604961, 0.5889766428568292.
 */
export function createMinstd(seed: number): Random {
  let state = Math.abs(Math.trunc(seed)) % MODULUS;
  if (state === 0) state = 1;
  const advance = (): number => {
    state = (16_807 * state) % MODULUS;
    return state / MODULUS;
  };
  for (let n = 0; n < 20; n++) advance();
  return { next: advance };
}

const MODULUS = 2_147_483_647;
