/**
 * Announced regime at each step: a state is announced once its filtered probability exceeds `threshold` for `steps`
 * steps in a row, and stays until another one does. Null before any state has been announced.
 *
 * Input: filtered probabilities (never smoothed). Defaults .8 and 3. Cost: O(steps * states).
 * Source: algorithms specification, section 8.
 */
export function regimeCalls(
  filtered: readonly (readonly number[])[],
  threshold = 0.8,
  steps = 3,
): readonly (number | null)[] {
  let announced: number | null = null;
  let candidate = -1;
  let run = 0;
  return filtered.map((probabilities) => {
    const leading = probabilities.findIndex((p) => p > threshold);
    run = leading !== -1 && leading === candidate ? run + 1 : 1;
    candidate = leading;
    if (leading !== -1 && run >= steps) announced = leading;
    return announced;
  });
}
