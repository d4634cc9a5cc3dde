/** How unusual the present is: |z| below 1, from 1 to 2, above 2; unknown where z is. */
export type StressState = "calm" | "elevated" | "stress" | "unknown";

/**
 * States from robust z values, with hysteresis: a new state must hold for `steps` steps (default 2) before it is announced.
 *
 * Starts at the first known state. An unknown z (null) is announced as `unknown` at once and breaks a run, because silence
 * must not look like calm; the state before it returns as soon as it is seen again. Cost: O(steps).
 * Source: algorithms specification, section 8.
 */
export function stressStates(zs: readonly (number | null)[], steps = 2): readonly StressState[] {
  let held: StressState = "unknown";
  let candidate: StressState = "unknown";
  let run = 0;
  return zs.map((z): StressState => {
    const raw = rawState(z);
    if (raw === "unknown") {
      run = 0;
      return "unknown";
    }
    run = raw === candidate ? run + 1 : 1;
    candidate = raw;
    if (held === "unknown" || run >= steps) held = raw;
    return held;
  });
}

function rawState(z: number | null): StressState {
  if (z === null || !Number.isFinite(z)) return "unknown";
  const size = Math.abs(z);
  if (size < 1) return "calm";
  return size <= 2 ? "elevated" : "stress";
}
