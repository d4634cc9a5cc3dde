import { normalQuantile } from "../special/normal-quantile.ts";

/** How often something happened in how many replicates. */
export interface Rate {
  readonly hits: number;
  readonly replicates: number;
  readonly rate: number;
}

/** Repeats a replicate and counts how often it answers yes. */
export function rateOf(replicates: number, replicate: (index: number) => boolean): Rate {
  let hits = 0;
  for (let index = 0; index < replicates; index++) if (replicate(index)) hits += 1;
  return { hits, replicates, rate: hits / replicates };
}

/**
 * The range in which a rate of `replicates` independent trials at the nominal level falls with chance .999.
 *
 * A rate above it is a broken promise; a rate below it is a test weaker than it could be.
 */
export function nominalRange(nominal: number, replicates: number): { readonly low: number; readonly high: number } {
  const spread = -normalQuantile(0.0005) * Math.sqrt((nominal * (1 - nominal)) / replicates);
  return { low: nominal - spread, high: nominal + spread };
}
