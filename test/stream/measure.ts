import type { Finding } from "../../packages/homeostat/src/domain/finding/finding.ts";
import { dayOf, type Stream, type StreamBench, type Watched } from "./stream-bench.ts";
import { bikeStream, conceptStream, housingStream, occupancyStream } from "./streams.ts";

/** What one stream gave: a line of the table, and what a test asks about. */
export interface Measured {
  readonly title: string;
  readonly truth: string;
  readonly said: string;
  readonly watched: Watched;
}

const firstOf = (findings: readonly Finding[], kinds: readonly Finding["monitor"][], from = 0): Finding | undefined =>
  findings.find(({ monitor, window }) => kinds.includes(monitor) && window.start >= from);
const lossKinds = [
  "concept-drift",
  "silent-degradation",
  "performance",
] as const satisfies readonly Finding["monitor"][];

/** Windows from the one that holds a row to the one in which a finding was made, that one included. */
const windowsUntil = (stream: Stream, from: number, found: Finding): number =>
  Math.floor((found.window.start - from) / stream.windows.lengthMs) + 1;

/** STAGGER or SEA, up to a row; drifts at rows 10,000, 20,000 and 30,000. */
export async function measureConcept(bench: StreamBench, kind: "sea" | "stagger", rows: number): Promise<Measured> {
  const stream = conceptStream(kind, rows);
  const watched = await bench.watch(stream);
  const drift = stream.timeOf(10_000);
  const early = watched.findings.filter(({ window }) => window.end <= drift);
  const found = firstOf(watched.findings, lossKinds, drift - stream.windows.lengthMs);
  const split = (await watched.verdicts("concept-drift")).find(
    ({ window, verdict }) => window === found?.window.start && verdict.test.kind === "tested",
  )?.verdict.test;
  const reading =
    split?.kind === "tested" ? (split.numbers.split?.reading ?? "no split: too small for one") : "not tested";
  return {
    title: kind === "sea" ? "SEA, abrupt, 20 % noise" : "STAGGER, abrupt",
    truth: "concept changes at row 10,000",
    said:
      found === undefined
        ? `${early.length} findings before; not found by row ${rows}`
        : `${early.length} findings before; found by \`${found.monitor}\` (${found.metric}) ${windowsUntil(stream, drift, found)} windows of 500 rows after, read as ${reading}`,
    watched,
  };
}

export async function measureOccupancy(bench: StreamBench): Promise<Measured> {
  const watched = await bench.watch(occupancyStream());
  const kinds = new Map<string, number>();
  for (const { monitor } of watched.findings) kinds.set(monitor, (kinds.get(monitor) ?? 0) + 1);
  return {
    title: "Room occupancy, door opened",
    truth: "inputs shift, accuracy stays (.984)",
    said: `findings: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ") || "none"}`,
    watched,
  };
}

export async function measureBikes(bench: StreamBench): Promise<Measured> {
  const watched = await bench.watch(bikeStream());
  const volume = watched.findings.filter(({ monitor, segment }) => monitor === "volume" && segment === undefined);
  const loss = firstOf(watched.findings, lossKinds);
  return {
    title: "Bike sharing, hourly, 2012 by a model of 2011",
    truth: "1 row on 2012-10-29; rentals rise by 63 %",
    said: `volume on ${volume.map(({ window }) => dayOf(window.start)).join(", ") || "no day"}; the rise by \`${loss?.monitor ?? "nothing"}\` on ${loss === undefined ? "no day" : dayOf(loss.window.start)}`,
    watched,
  };
}

export async function measureHousing(bench: StreamBench): Promise<Measured> {
  const watched = await bench.watch(housingStream());
  const last = (await watched.verdicts("estimated-performance")).at(-1)?.verdict.test.record;
  return {
    title: "California housing, districts in order of place",
    truth: "the concept changes by region: estimates without labels fail",
    said: `the record of the AUC estimate over ${last?.windows ?? 0} windows: ${last?.covered ?? 0} intervals held the truth, off by ${(last?.meanMiss ?? 0).toFixed(3)} on average: ${last?.standing ?? "no record"}`,
    watched,
  };
}
