import type { Random } from "./random.ts";

/**
 * Puts an array (or typed array) into a uniformly random order, in place, and returns it.
 *
 * Cost: O(n), one draw per element. Source: Fisher & Yates; Durstenfeld (1964). Empty and single arrays draw nothing.
 */
export function shuffle<Values extends { length: number; [index: number]: unknown }>(
  random: Random,
  values: Values,
): Values {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const kept = values[last];
    values[last] = values[other];
    values[other] = kept;
  }
  return values;
}
