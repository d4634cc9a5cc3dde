import type { Random } from "./random.ts";

/**
 * `count` standard normal numbers by Box–Muller pairs: `√(−2 ln u₁)·cos(2πu₂)` then `·sin(2πu₂)`.
 *
 * An odd count draws the whole last pair and drops its second half. Each pair uses two uniforms, u₁ first; a u₁ of
 * exactly 0 is replaced by the smallest positive double. Cost: O(count). Source: Box & Muller (1958).
 * Check: minstd(42) → 0.62604677, −0.92803333, 0.68848106, 0.36915721.
 */
export function normalPairs(random: Random, count: number): number[] {
  const values: number[] = [];
  while (values.length < count) {
    const radius = Math.sqrt(-2 * Math.log(random.next() || Number.MIN_VALUE));
    const angle = 2 * Math.PI * random.next();
    values.push(radius * Math.cos(angle));
    if (values.length < count) values.push(radius * Math.sin(angle));
  }
  return values;
}
