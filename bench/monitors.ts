import { performance } from "node:perf_hooks";
import type { BenchRow } from "./bench-row.ts";

interface SampleRoom {
  sampleBaseline(
    features: object,
    places: readonly string[],
    days: number,
    season: string,
  ): { readonly windows: readonly object[] };
  profileOf(baseline: object, window: object, rows: readonly object[]): object;
  dayWindow(day: number): object;
  readonly tenBins: object;
}
interface EvaluateRoom {
  evaluateWindow(
    question: object,
    watching: readonly object[],
    streaks: ReadonlyMap<string, number>,
  ): { readonly verdicts: readonly { readonly test: { readonly kind: string } }[] };
}
interface MonitorsRoom {
  monitorsOf(system: object): readonly object[];
}
interface PictureRoom {
  referencePictureOf(baseline: object, profiles: readonly object[]): object;
}
interface RandomRoom {
  createXoshiro(seed: number): { next(): number };
}

const room = (name: string): string => new URL(`../../packages/homeostat/dist/${name}.js`, import.meta.url).href;
const featureCount = 100;
const placeCount = 20;
const rowsPerWindow = 4_000;
const monitorCount = 10_000;
const areas = ["training-pipeline", "serving", "upstream-data", "production-performance", "business"];

/**
 * Claim of the design: 10,000 declared monitors are evaluated in a minute from the counts that a window keeps. Each asks
 * about one feature in one segment value; counting rows is another benchmark's.
 */
export async function benchMonitors(): Promise<readonly BenchRow[]> {
  const { sampleBaseline, profileOf, dayWindow, tenBins } = (await import(
    room("domain/monitor/sample-picture")
  )) as SampleRoom;
  const { evaluateWindow } = (await import(room("domain/monitor/evaluate-window"))) as EvaluateRoom;
  const { monitorsOf } = (await import(room("domain/monitor/monitors-of"))) as MonitorsRoom;
  const { referencePictureOf } = (await import(room("domain/monitor/reference-picture"))) as PictureRoom;
  const { createXoshiro } = (await import(room("stats/random/xoshiro"))) as RandomRoom;
  const random = createXoshiro(20_260_101);
  const names = Array.from({ length: featureCount }, (_, n) => `f${n}`);
  const places = Array.from({ length: placeCount }, (_, n) => `p${n}`);
  const day = (): object[] =>
    Array.from({ length: rowsPerWindow }, (_, row) => ({
      place: places[row % placeCount],
      bins: Object.fromEntries(names.map((name) => [name, Math.floor(random.next() * 10)])),
      scoreBin: Math.floor(random.next() * 10),
      outcome: random.next() < 0.3,
    }));
  const baseline = sampleBaseline(Object.fromEntries(names.map((name) => [name, tenBins])), places, 8, "none");
  const picture = referencePictureOf(
    baseline,
    baseline.windows.map((window) => profileOf(baseline, window, day())),
  );
  const monitors = Array.from({ length: monitorCount }, (_, n) => ({
    name: `m${n}`,
    kind: ["input-drift", "null-rate"][n % 2],
    enabled: true,
    features: [names[Math.floor(n / 2) % featureCount]],
    segments: [{ kind: "value", name: "place", value: places[Math.floor(n / (2 * featureCount)) % placeCount] }],
  }));
  const off = ["input-drift", "prediction-drift", "null-rate", "new-category", "volume", "performance"];
  const system = {
    owners: Object.fromEntries(areas.map((area) => [area, "ann"])),
    monitors: [...off.map((name) => ({ name, kind: name, enabled: false })), ...monitors],
  };
  const profile = profileOf(baseline, dayWindow(30), day());
  const question = { picture, profile, season: "all", outcomesMature: true, evidence: {} };
  const first = timed(() => evaluateWindow(question, monitorsOf(system), new Map()));
  const tested = first.result.verdicts.filter(({ test }) => test.kind === "tested").length;
  const times = [1, 2, 3].map(() => timed(() => evaluateWindow(question, monitorsOf(system), new Map())).ms);
  const ms = times.sort((left, right) => left - right)[1] ?? first.ms;
  return [
    {
      name: `monitors: the first window of ${monitorCount} monitors (${tested} tests), reference counted together`,
      value: first.ms,
      unit: "ms",
    },
    { name: `monitors: ${monitorCount} of them on one window`, value: ms, unit: "ms", budget: 60_000 },
    { name: "monitors: evaluated", value: Math.round((monitorCount * 60_000) / ms), unit: "monitors/minute" },
  ];
}

function timed<T>(work: () => T): { readonly ms: number; readonly result: T } {
  const begun = performance.now();
  const result = work();
  return { ms: performance.now() - begun, result };
}
