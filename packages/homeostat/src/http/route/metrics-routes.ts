import type { Instant } from "../../domain/instant.ts";
import { readVitalSigns } from "../../service/sense/read-vital-signs.ts";
import type { Handlers } from "../handler.ts";
import { metricsTypeOf, openMetricsText, openMetricsType, type Sample, samplesText } from "../metrics/metrics-text.ts";
import { vitalSamples } from "../metrics/vital-samples.ts";
import type { House } from "./house.ts";

/** How long what was read stays good: scrapes in between cost nothing. */
const freshMs = 15_000;

/** Prometheus metrics. Readings are kept for fifteen seconds, and scrapes that come together share one. */
export function metricsHandlers(house: House): Pick<Handlers, "metrics"> {
  let kept: { readonly at: Instant; readonly samples: Promise<readonly Sample[]> } | undefined;
  const slowSamples = (): Promise<readonly Sample[]> => {
    const now = house.clock.now();
    if (kept === undefined || now - kept.at > freshMs) {
      const samples = readSlowly(house);
      kept = { at: now, samples };
      samples.catch(() => {
        kept = undefined;
      });
    }
    return kept.samples;
  };
  return {
    metrics: async ({ accept }) => {
      const samples = [...processSamples(house), ...(await slowSamples())];
      const text = `${await house.meter.text()}${samplesText(samples)}`;
      const mediaType = metricsTypeOf(accept);
      return {
        kind: "ok",
        value: null,
        text: { mediaType, body: mediaType === openMetricsType ? openMetricsText(text) : text },
      };
    },
  };
}

/** What this process knows of itself: read at every scrape. */
function processSamples(house: House): readonly Sample[] {
  const { about, clock, spool } = house;
  const state = spool.state();
  const process = about.process();
  return [
    { metric: "homeostat_build_info", labels: { version: about.version }, value: 1 },
    { metric: "homeostat_process_start_time_seconds", labels: {}, value: about.startedAt / 1_000 },
    { metric: "homeostat_process_cpu_seconds_total", labels: {}, value: process.cpuSeconds },
    { metric: "homeostat_process_resident_memory_bytes", labels: {}, value: about.memoryBytes() },
    { metric: "homeostat_process_heap_bytes", labels: {}, value: process.heapBytes },
    ...process.eventLoopDelay.map(
      ({ share, seconds }): Sample => ({
        metric: "homeostat_event_loop_delay_seconds",
        labels: { quantile: String(share) },
        value: seconds,
      }),
    ),
    { metric: "homeostat_spool_bytes", labels: {}, value: state.bytes },
    { metric: "homeostat_spool_limit_bytes", labels: {}, value: state.limitBytes },
    { metric: "homeostat_spool_rows", labels: {}, value: state.rows },
    ...(state.oldestReceivedAt === undefined
      ? []
      : [
          {
            metric: "homeostat_spool_oldest_age_seconds",
            labels: {},
            value: Math.max(0, clock.now() - state.oldestReceivedAt) / 1_000,
          } as const,
        ]),
  ];
}

/** What stores must be asked for. */
async function readSlowly(house: House): Promise<readonly Sample[]> {
  const [parts, jobs, shipped, signs] = await Promise.all([
    house.parts(),
    house.jobs.depth(),
    house.events.shipped(),
    readVitalSigns(house),
  ]);
  return [
    ...parts.map(
      ({ part, ready }): Sample => ({ metric: "homeostat_part_ready", labels: { part }, value: ready ? 1 : 0 }),
    ),
    ...jobs.map(
      ({ kind, state, jobs: value }): Sample => ({ metric: "homeostat_jobs", labels: { kind, state }, value }),
    ),
    ...shipped.flatMap(({ system, kind, stored, duplicates }): readonly Sample[] => [
      { metric: "homeostat_rows_stored_total", labels: { system, kind }, value: stored },
      { metric: "homeostat_rows_duplicate_total", labels: { system, kind }, value: duplicates },
    ]),
    ...house.gaps.list().map(
      ({ system, kind, rows }): Sample => ({
        metric: "homeostat_rows_missed_total",
        labels: { system, reason: kind },
        value: rows,
      }),
    ),
    ...vitalSamples(signs),
  ];
}
