import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { markdownTable } from "../../packages/homeostat/src/stats/calibration/markdown-table.ts";
import { createXoshiro } from "../../packages/homeostat/src/stats/random/xoshiro.ts";
import { type Fault, faults } from "./faults.ts";
import { evidentlyStyle, nannymlStyle, type PeerRule } from "./peer-rules.ts";
import { readStreams, resampled } from "./stream.ts";
import { before, horizon, runHealthy, runTrial, type Trial, type TrialResult, tuneShare } from "./trial.ts";
import { WatchedSystem } from "./watched-system.ts";

/*
 * Named faults injected into real rows at three strengths, beside healthy runs of the same streams, under our default
 * monitors and under rules in the style of two peers. Writes the tables of docs/detection.md.
 */
const strengths = [1.25, 2.5, 5];
const trialsEach = Number(process.env.HOMEOSTAT_PROOF_TRIALS ?? 6);
const documentFile = new URL("../../docs/detection.md", import.meta.url);

interface Place {
  readonly system: WatchedSystem;
  readonly peers: readonly PeerRule[];
}
interface Ran extends Trial {
  readonly stream: string;
  readonly result: TrialResult;
}

let places: readonly Place[];
const ran: Ran[] = [];
beforeAll(async () => {
  const streams = await readStreams();
  places = streams.map((stream) => {
    const system = new WatchedSystem(stream);
    return { system, peers: [evidentlyStyle(system), nannymlStyle(system)] };
  });
}, 600_000);

describe("detection of named faults in real rows", () => {
  it("finds what is at or above what its monitors call material", () => {
    const random = createXoshiro(20_261_122);
    for (const { place, fault, strength } of orders()) {
      const { system, peers } = place;
      const trial = draw(system, fault, strength, random.next, ran.length);
      const share = trial === undefined ? undefined : tuneShare(system, trial);
      if (trial === undefined || share === undefined) continue;
      const whole = { ...trial, share };
      ran.push({ ...whole, stream: system.stream.name, result: runTrial(system, peers, whole) });
    }
    expect(ran.length).toBeGreaterThan(16 * trialsEach);
    const strong = ran.filter(({ strength }) => strength === 5);
    expect(rate(strong, ({ ours }) => ours)).toBeGreaterThan(0.95);
  }, 3_600_000);

  it("pages seldom where nothing is wrong, and the tables are written", () => {
    const healthy = places.map(({ system, peers }) => ({ name: system.stream.name, ...runHealthy(system, peers) }));
    const iid = places.flatMap(({ system }) => {
      if (system.stream.name !== "adult") return [];
      const { referenceWindows } = system.stream;
      const drawn = resampled(system.stream, referenceWindows + 300, 600, 1, 7);
      const again = new WatchedSystem({ ...drawn, name: "adult, drawn again", referenceWindows });
      return [{ name: again.stream.name, ...runHealthy(again, [evidentlyStyle(again), nannymlStyle(again)]) }];
    });
    write(healthy.concat(iid));
    for (const run of iid) expect(run.pages / (run.windows / 30)).toBeLessThan(1);
  }, 3_600_000);
});

function orders(): readonly { readonly place: Place; readonly fault: Fault; readonly strength: number }[] {
  const turns = Array.from({ length: trialsEach }, () => strengths).flat();
  return places.flatMap((place) => faults.flatMap((fault) => turns.map((strength) => ({ place, fault, strength }))));
}

function draw(
  system: WatchedSystem,
  fault: Fault,
  strength: number,
  next: () => number,
  seed: number,
): Omit<Trial, "share"> | undefined {
  const { stream, segmentValues } = system;
  const columns = fault.fits(undefined)
    ? [undefined]
    : stream.columns.filter((column) => fault.fits(column) && column.name !== stream.segment);
  if (columns.length === 0) return undefined;
  const value = segmentValues[Math.floor(next() * Math.min(6, segmentValues.length))];
  const slice = next() < 0.3 || value === undefined ? undefined : { column: stream.segment, value };
  const first = stream.referenceWindows + before;
  const onset = first + Math.floor(next() * (stream.windowCount - horizon - first));
  return { fault, column: columns[Math.floor(next() * columns.length)], slice, strength, onset, seed };
}

function rate(some: readonly Ran[], of: (result: TrialResult) => number | undefined): number {
  return some.filter(({ result }) => of(result) !== undefined).length / some.length;
}

function middle(some: readonly Ran[], of: (result: TrialResult) => number | undefined): string {
  const times = some.flatMap(({ result }) => of(result) ?? []).sort((left, right) => left - right);
  return times.length === 0 ? "–" : String(times[Math.floor(times.length / 2)]);
}

const shown = (some: readonly Ran[], of: (result: TrialResult) => number | undefined): string =>
  some.length === 0 ? "not reachable" : `${Math.round(100 * rate(some, of))} % · ${middle(some, of)}`;

function write(healthy: readonly { name: string; windows: number; pages: number; peers: readonly number[] }[]): void {
  const ours = ({ ours: found }: TrialResult): number | undefined => found;
  const peer =
    (place: number) =>
    (result: TrialResult): number | undefined =>
      result.peers[place];
  const found = markdownTable(
    `Found within ${horizon} windows · median windows to detect`,
    ["fault", ...strengths.map((strength) => `×${strength}`), "trials", "Evidently-style, ×5", "NannyML-style, ×5"],
    faults.map((fault) => {
      const own = ran.filter((trial) => trial.fault === fault);
      const strongest = own.filter(({ strength }) => strength === strengths.at(-1));
      const hasColumn = own.some(({ column }) => column !== undefined);
      return [
        fault.name,
        ...strengths.map((strength) =>
          shown(
            own.filter((trial) => trial.strength === strength),
            ours,
          ),
        ),
        String(own.length),
        hasColumn ? shown(strongest, peer(0)) : "no rule",
        hasColumn ? shown(strongest, peer(1)) : "no rule",
      ];
    }),
  );
  const month = (pages: number, windows: number): string => ((pages / windows) * 30).toFixed(1);
  const quiet = markdownTable(
    "Pages a month of thirty windows where nothing was injected",
    ["stream", "windows", "Homeostat", "Evidently-style", "NannyML-style"],
    healthy.map((run) => [
      run.name,
      String(run.windows),
      month(run.pages, run.windows),
      ...run.peers.map((pages) => month(pages, run.windows)),
    ]),
  );
  const text = readFileSync(documentFile, "utf8");
  const [begin, end] = ["<!-- proof of detection: begin -->", "<!-- proof of detection: end -->"];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  expect(from, "docs/detection.md has the place for the tables").toBeGreaterThan(-1);
  writeFileSync(documentFile, `${text.slice(0, from + begin.length)}\n\n${found}${quiet}${text.slice(to)}`);
}
