import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import { dayMs, hourMs, secondMs } from "../../domain/instant.ts";
import {
  dayWindow,
  missing,
  profileOf,
  type SampleRow,
  sampleBaseline,
  tenBins,
} from "../../domain/monitor/sample-picture.ts";
import { type SeriesVerdict, seriesText, type VerdictStore } from "../../domain/monitor/verdict.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { System } from "../../domain/system/system.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../../store/control/open-control-store.ts";
import { createSenses, type EvaluatedWindow } from "./evaluate-due-windows.ts";
import { silenceUntil, watermarkOf } from "./watermark.ts";

let root: string;
let store: ControlStore;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-sense-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

const firstLive = 28;
const systemOf = (name: string): System => ({
  ...sampleSystem(name),
  windows: { lengthMs: dayMs, latenessMs: hourMs, season: "day-of-week" },
});

/** Ten bins filled evenly; on a broken day a fifth of the values is missing. */
function rows(state: "usual" | "broken"): SampleRow[] {
  return Array.from({ length: 300 }, (_, index) => ({
    place: "ATL",
    bins: { hour: state === "broken" && index < 60 ? missing : index % 10 },
    scoreBin: index % 10,
    outcome: index % 3 === 0,
  }));
}

/**
 * A system over the real control store. Counting is the data plane's and is written by hand here: days are set to usual
 * or broken, so that late rows can change them.
 */
async function scene(name: string) {
  const system = systemOf(name);
  const baseline = {
    ...sampleBaseline({ hour: tenBins }, ["ATL"], firstLive),
    id: `b-${name}`,
    system: name,
    release: `${name}-1`,
  };
  const draft = await store.releases.createDraft({ system: name, model: "m", pipeline: "pl", note: "", createdAt: 1 });
  await store.baselines.save(baseline);
  await store.releases.attachBaseline(name, draft.id, baseline.id);
  await store.releases.goLive(name, draft.id, 1);
  const days = new Map<number, "usual" | "broken">();
  const verdicts = new Map<string, readonly SeriesVerdict[]>();
  const state = {
    now: dayWindow(100).start,
    eventDay: firstLive,
    counted: [] as number[],
    receivedAt: undefined as number | undefined,
  };
  const senses = createSenses({
    ...store,
    clock: { now: () => state.now },
    sampler: {
      sample: async () => ({ rows: [], withVector: 0, windowRows: 300 }),
      vectors: async () => [],
    },
    features: { compute: async () => [] },
    facts: {
      featureAges: async () => [],
      repeats: async () => [],
      referenceRepeats: async () => [],
      crowds: async () => [],
      referenceCrowds: async () => [],
    },
    events: {
      frontier: async () => ({
        eventTime: dayWindow(state.eventDay).start + 2 * hourMs,
        receivedAt: state.receivedAt ?? state.now,
      }),
    } as Partial<EventStore> as EventStore,
    profiles: {
      reference: async () => baseline.windows.map((window) => profileOf(baseline, window, rows("usual"))),
      profileLive: async (_system, _baseline, window) => {
        state.counted.push(window.start);
        return days.has(window.start) ? { rows: 300, labelledRows: 300 } : { rows: 0, labelledRows: 0 };
      },
      servedReference: async () => [],
      service: async () => [],
      live: async (_baseline, windows) =>
        windows.map((window) => {
          const day = days.get(window.start);
          return profileOf(baseline, window, day === undefined ? [] : rows(day));
        }),
    } as Partial<ProfileStore> as ProfileStore,
    cells: {
      lossCells: async () => new Map(),
      cohortCells: async () => new Map(),
      featuresByOutput: async () => [],
    },
    verdicts: {
      save: async (_system, _release, window, version, made) => void verdicts.set(`${window.start}|${version}`, made),
      list: async () => [],
      tallies: async () => [],
      streaks: async (_system, _release, window, version) =>
        new Map(
          (verdicts.get(`${window.start}|${version}`) ?? [])
            .filter(({ streak }) => streak > 0)
            .map(({ test, streak }) => [seriesText(test.key), streak]),
        ),
    } satisfies VerdictStore,
  });
  const told: EvaluatedWindow[] = [];
  return {
    state,
    told,
    set: async (day: number, as: "usual" | "broken") => {
      days.set(dayWindow(day).start, as);
      await store.windows.touch(name, [dayWindow(day).start], dayMs);
    },
    evaluate: (
      tell: (evaluated: EvaluatedWindow) => Promise<void> = async (evaluated: EvaluatedWindow) =>
        void told.push(evaluated),
      signal?: AbortSignal,
    ) => senses.evaluateDue(system, tell, signal),
    verdict: async (day: number) =>
      (await store.windows.list(name, { from: dayWindow(day).start, to: dayWindow(day).start + 1 }))[0],
  };
}
let made = 0;
let live: Awaited<ReturnType<typeof scene>>;
beforeEach(async () => {
  made += 1;
  live = await scene(`sense-${made}`);
});

describe("sensing", () => {
  it("evaluates a window once the watermark has passed its end, oldest first, and again when its outcomes are mature", async () => {
    await live.set(29, "usual");
    await live.set(28, "usual");
    live.state.eventDay = 29;
    expect(await live.evaluate()).toBe(1);
    expect(await live.verdict(28)).toMatchObject({ verdict: "healthy", rows: 300, restatements: 0, dirty: true });
    live.state.eventDay = 30;
    expect(await live.evaluate()).toBe(2);
    const starts = [dayWindow(28).start, dayWindow(28).start, dayWindow(29).start];
    expect(live.told.map(({ window }) => window.start)).toEqual(starts);
    expect(await live.verdict(28)).toMatchObject({
      verdict: "healthy",
      profileVersion: 2,
      restatements: 1,
      dirty: false,
    });
    expect(await live.evaluate()).toBe(0);
  });

  it("makes a finding of what persists over windows", async () => {
    for (const day of [28, 29, 30]) await live.set(day, day > 28 ? "broken" : "usual");
    live.state.eventDay = 31;
    expect(await live.evaluate()).toBe(3);
    expect(live.told.map(({ window, findings }) => [window.verdict, findings.length > 0])).toEqual([
      ["healthy", false],
      ["warning", false],
      ["critical", true],
    ]);
  });

  it("tells a result again when it could not be told, and calls the window evaluated only then", async () => {
    await live.set(28, "usual");
    live.state.eventDay = 29;
    await expect(
      live.evaluate(async () => {
        throw new Error("the process ends here");
      }),
    ).rejects.toThrow("ends here");
    expect(await live.verdict(28)).toMatchObject({ dirty: true, evaluatedAt: undefined });
    expect(await live.evaluate()).toBe(1);
    expect(live.told).toHaveLength(1);
    expect(await live.verdict(28)).toMatchObject({ evaluatedAt: expect.any(Number), restatements: 0 });
  });

  it("restates a window only when its outcomes are mature, and later ones after growing pauses", async () => {
    await live.set(28, "usual");
    live.state.eventDay = 29;
    await live.evaluate();
    await live.set(28, "usual");
    expect(await live.evaluate()).toBe(0);
    live.state.eventDay = 31;
    // itself, and two windows in which no row came
    expect(await live.evaluate()).toBe(3);
    await live.set(28, "usual");
    expect(await live.evaluate()).toBe(0);
    live.state.now += 2 * secondMs;
    expect(await live.evaluate()).toBe(1);
    await live.set(28, "usual");
    live.state.now += 3 * secondMs;
    expect(await live.evaluate()).toBe(0);
    live.state.now += secondMs;
    expect(await live.evaluate()).toBe(1);
    expect(await live.verdict(28)).toMatchObject({ restatements: 3 });
  });

  it("judges a window again when a late change of the one before changes what persists", async () => {
    for (const day of [28, 29, 30, 31]) await live.set(day, day === 29 ? "broken" : "usual");
    live.state.eventDay = 33;
    await live.evaluate();
    await live.set(28, "broken");
    await live.evaluate();
    // Day 28 is broken too now, so day 29 is the second in a row: a finding. Day 30 is looked at, is as healthy as before, and there it ends.
    await live.evaluate();
    await live.evaluate();
    expect(await live.verdict(29)).toMatchObject({ verdict: "critical", restatements: 1 });
    expect(await live.verdict(30)).toMatchObject({ verdict: "healthy", restatements: 1, dirty: false });
    expect(await live.verdict(31)).toMatchObject({ restatements: 0, dirty: false });
    expect(await live.evaluate()).toBe(0);
  });

  it("withdraws a finding that no longer holds", async () => {
    for (const day of [28, 29]) await live.set(day, "broken");
    live.state.eventDay = 32;
    await live.evaluate();
    await live.set(29, "usual");
    await live.evaluate();
    const findings = await store.findings.list(`sense-${made}`, {});
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.every((finding) => finding.withdrawnAt === live.state.now)).toBe(true);
  });

  it("stops between windows when cancelled", async () => {
    for (const day of [28, 29, 30]) await live.set(day, "usual");
    live.state.eventDay = 31;
    const abort = new AbortController();
    expect(await live.evaluate(async () => abort.abort(), abort.signal)).toBe(1);
    expect(await live.evaluate()).toBe(2);
  });

  it("keeps a window dirty when rows arrive while it is evaluated", async () => {
    await live.set(28, "usual");
    live.state.eventDay = 29;
    await live.evaluate(async () => live.set(28, "broken"));
    expect(await live.verdict(28)).toMatchObject({ dirty: true, verdict: "healthy" });
  });
});

describe("a feed that stops", () => {
  it("has windows without a row, and the third of them is a finding about the number of rows", async () => {
    await live.set(28, "usual");
    await live.set(33, "usual");
    live.state.eventDay = 33;
    expect(await live.evaluate()).toBe(5);
    expect(await live.verdict(29)).toMatchObject({ rows: 0, verdict: "warning" });
    expect(await live.verdict(31)).toMatchObject({ rows: 0, verdict: "critical" });
    const found = live.told.flatMap(({ findings }) => findings);
    expect(found.map(({ monitor, value, window }) => [monitor, value, window.start])).toContainEqual([
      "volume",
      0,
      dayWindow(31).start,
    ]);
    expect(new Set(found.map(({ monitor }) => monitor))).toEqual(new Set(["volume"]));
  });

  it("is noticed by the clock alone, for as many windows as it takes to say so and not for ever", async () => {
    await live.set(28, "usual");
    live.state.receivedAt = dayWindow(28).start + 3 * hourMs;
    live.state.now = dayWindow(32).start + 2 * hourMs;
    expect(await live.evaluate()).toBe(4);
    expect(await live.verdict(31)).toMatchObject({ rows: 0, verdict: "critical" });
    live.state.now = dayWindow(400).start;
    await live.evaluate();
    expect(await live.verdict(28 + 28)).toMatchObject({ rows: 0 });
    expect(await live.verdict(28 + 29)).toBeUndefined();
  });

  it("did not stop where a replay of old rows only begins later than the reference ended", async () => {
    await live.set(31, "usual");
    live.state.eventDay = 32;
    live.state.receivedAt = dayWindow(99).start;
    expect(await live.evaluate()).toBe(1);
    expect(await live.verdict(30)).toBeUndefined();
  });

  it("is not taken for silence where old rows were replayed", async () => {
    await live.set(28, "usual");
    live.state.receivedAt = dayWindow(99).start;
    expect(await live.evaluate()).toBe(1);
    expect(await live.verdict(29)).toBeUndefined();
    await live.set(31, "usual");
    await live.set(33, "usual");
    live.state.eventDay = 34;
    await live.evaluate();
    expect(await live.verdict(32), "a hole between replayed rows").toMatchObject({ rows: 0 });
    const replayed = { eventTime: 10 * dayMs, receivedAt: 99 * dayMs };
    expect(silenceUntil(systemOf("w"), replayed, 200 * dayMs)).toBe(10 * dayMs - hourMs);
  });
});

describe("the watermark", () => {
  const system = systemOf("w");
  it("follows event time less the lateness allowed while rows arrive", () => {
    expect(watermarkOf(system, { eventTime: 10 * hourMs, receivedAt: 99 * hourMs }, 99 * hourMs)).toBe(9 * hourMs);
  });

  it("follows the clock when rows stop, and never goes back", () => {
    expect(watermarkOf(system, { eventTime: 10 * hourMs, receivedAt: 20 * hourMs }, 30 * hourMs)).toBe(29 * hourMs);
    expect(watermarkOf(system, { eventTime: 50 * hourMs, receivedAt: 20 * hourMs }, 30 * hourMs)).toBe(49 * hourMs);
  });
});
