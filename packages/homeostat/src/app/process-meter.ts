import { monitorEventLoopDelay } from "node:perf_hooks";

/** What a process costs, as far as it can say itself. */
interface ProcessReading {
  readonly cpuSeconds: number;
  readonly heapBytes: number;
  /** Since the reading before; empty before anything was measured. */
  readonly eventLoopDelay: readonly { readonly share: number; readonly seconds: number }[];
}

export interface ProcessMeter {
  read(): ProcessReading;
  stop(): void;
}

const resolutionMs = 20;
const shares = [0.5, 0.99] as const;

/** Measures this process. The delay of the event loop is sampled every 20 ms, which costs a timer. */
export function startProcessMeter(): ProcessMeter {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    read: () => {
      const { user, system } = process.cpuUsage();
      const measured = delay.count > 0;
      const eventLoopDelay = measured
        ? shares.map((share) => ({
            share,
            // What is measured holds the pause between two samples, which is no delay.
            seconds: Math.max(0, delay.percentile(share * 100) / 1e9 - resolutionMs / 1_000),
          }))
        : [];
      delay.reset();
      return { cpuSeconds: (user + system) / 1e6, heapBytes: process.memoryUsage().heapUsed, eventLoopDelay };
    },
    stop: () => delay.disable(),
  };
}
