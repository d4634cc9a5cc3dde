import type { Instant } from "./instant.ts";

/**
 * How a sender's clock was seen. `date-header`: it said its time with the request. `event-time`: only its events tell,
 * and only when they lie ahead; that they are old may have other reasons.
 */
type SkewBasis = "date-header" | "event-time";

interface ClockSkew {
  readonly caller: string;
  readonly basis: SkewBasis;
  /** Median of the latest samples, in milliseconds; negative: the sender's clock is behind. */
  readonly aheadMs: number;
  readonly samples: number;
  readonly lastAt: Instant;
}

export interface SkewMeter {
  note(caller: string, basis: SkewBasis, aheadMs: number, at: Instant): void;
  /** By caller, then basis. */
  list(): readonly ClockSkew[];
}

const keptSamples = 31;
const mostCallers = 1_000;

/** Keeps the latest 31 samples of each caller, of a thousand callers at most. Nothing survives a restart: clocks are set right. */
export function createSkewMeter(): SkewMeter {
  const kept = new Map<string, { caller: string; basis: SkewBasis; samples: number[]; lastAt: Instant }>();
  return {
    note(caller, basis, aheadMs, at) {
      const key = `${caller}\n${basis}`;
      const known = kept.get(key);
      if (known === undefined && kept.size >= mostCallers) return;
      const samples = [...(known?.samples ?? []), aheadMs].slice(-keptSamples);
      kept.set(key, { caller, basis, samples, lastAt: at });
    },
    list: () =>
      [...kept.entries()]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([, { caller, basis, samples, lastAt }]) => ({
          caller,
          basis,
          aheadMs: medianOf(samples),
          samples: samples.length,
          lastAt,
        })),
  };
}

function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? 0);
}
