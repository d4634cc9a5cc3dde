import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs, hourMs, minuteMs } from "../instant.ts";
import { budgetWindow } from "./budget-window.ts";
import { burnPairs } from "./burn-pairs.ts";
import { evaluateSlo } from "./evaluate-slo.ts";
import type { Slo, SloCount } from "./slo.ts";

const stepMs = 5 * minuteMs;
const now = Date.parse("2026-03-31T00:00:00Z");
const start = now - 60 * dayMs;

function slo(change: Partial<Slo> = {}): Slo {
  return {
    name: "s",
    displayName: undefined,
    description: undefined,
    labels: {},
    annotations: {},
    sli: { kind: "availability", bad: "failed", segment: undefined },
    target: 0.99,
    budgeting: { kind: "occurrences" },
    window: { kind: "rolling", durationMs: 30 * dayMs },
    ...change,
  };
}

/** A hundred events every five minutes up to `now`, as many bad as said. */
function steps(bad: (at: number) => number, waiting: (at: number) => number = () => 0): readonly SloCount[] {
  return Array.from({ length: (now - start) / stepMs }, (_, place) => {
    const at = start + place * stepMs;
    const unknown = waiting(at);
    return {
      start: at,
      good: Math.max(0, 100 - bad(at) - unknown),
      bad: Math.min(bad(at), 100 - unknown),
      waiting: unknown,
    };
  });
}

const evaluate = (counts: readonly SloCount[], change: Partial<Slo> = {}, maturityMs = 0, at = now) =>
  evaluateSlo({ slo: slo(change), counts, stepMs, now: at, maturityMs, from: at - 7 * dayMs });

describe("an error budget", () => {
  it("is what the target allows of the events of its window, less the bad ones", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (bads, target) => {
          const counts = bads.map((bad, place) => ({
            start: now - (bads.length - place) * stepMs,
            good: 100 - bad,
            bad,
            waiting: 0,
          }));
          const bad = bads.reduce((sum, one) => sum + one, 0);
          const status = evaluate(counts, { target });
          expect(status.budgetLeft).toBeCloseTo(1 - bad / (bads.length * 100) / (1 - target), 9);
          expect(status.value).toBeCloseTo(1 - bad / (bads.length * 100), 9);
        },
      ),
    );
  });

  it("forgets what left a rolling window, and begins anew with a calendar one", () => {
    const early = steps((at) => (at < now - 31 * dayMs ? 50 : 0));
    expect(evaluate(early).budgetLeft).toBe(1);
    const calendar = {
      kind: "calendar",
      count: 1,
      unit: "month",
      start: "2026-01-01T00:00:00",
      timeZone: "UTC",
    } as const;
    const march = evaluate(
      steps((at) => (at < Date.parse("2026-03-01T00:00:00Z") ? 50 : 0)),
      { window: calendar },
    );
    expect(march).toMatchObject({
      budgetLeft: 1,
      window: { start: Date.parse("2026-03-01T00:00:00Z"), end: Date.parse("2026-04-01T00:00:00Z") },
    });
  });

  it("says that there is nothing to say without events", () => {
    expect(evaluate([])).toMatchObject({ state: "no-data", budgetLeft: undefined, value: undefined });
  });

  it("counts slices of time where it is declared in slices", () => {
    const counts = steps((at) => (at >= now - 3 * hourMs && at < now - 2 * hourMs ? 40 : 0));
    const status = evaluate(counts, { budgeting: { kind: "timeslices", sliceMs: hourMs, sliceTarget: 0.95 } });
    expect(status.sums).toEqual({ good: 719, bad: 1, waiting: 0 });
  });
});

describe("burn rates", () => {
  it("are those of the Site Reliability Workbook for thirty days", () => {
    expect(burnPairs(30 * dayMs, stepMs).map(({ factor }) => factor)).toEqual([14.4, 6, 1]);
    expect(burnPairs(30 * dayMs, stepMs).map(({ longMs, shortMs }) => [longMs / hourMs, shortMs / minuteMs])).toEqual([
      [1, 5],
      [6, 30],
      [72, 360],
    ]);
  });

  it("keep the share of the budget for other windows, and never fire below the allowed rate", () => {
    for (const days of [1, 7, 28, 90, 365])
      for (const step of [stepMs, hourMs, dayMs])
        for (const { factor, longMs, shortMs, severity } of burnPairs(days * dayMs, step)) {
          expect(factor).toBeGreaterThanOrEqual(1);
          expect(shortMs).toBeLessThanOrEqual(longMs);
          if (severity === "critical") expect((factor * longMs) / (days * dayMs)).toBeLessThanOrEqual(0.05 + 1e-9);
        }
  });

  it("page within the hour when everything fails, and stop within minutes of the repair", () => {
    const broken = evaluate(steps((at) => (at >= now - 30 * minuteMs ? 100 : 0)));
    expect(broken.state).toBe("burning");
    expect(broken.episodes[0]).toMatchObject({ pair: { severity: "critical" }, active: true });
    expect((broken.episodes[0]?.start ?? 0) - (now - 30 * minuteMs)).toBeLessThanOrEqual(10 * minuteMs);
    const repaired = evaluate(steps((at) => (at >= now - hourMs && at < now - 40 * minuteMs ? 100 : 0)));
    expect(repaired.episodes.filter(({ pair }) => pair.longMs === hourMs)).toMatchObject([{ active: false }]);
  });

  it("warn, and page nobody, when the budget is spent a little too fast for days", () => {
    const slow = evaluate(steps((at) => (at >= now - 4 * dayMs ? 2 : 0)));
    expect(slow.state).toBe("at-risk");
    expect(slow.episodes.every(({ pair }) => pair.severity === "warning")).toBe(true);
    expect(slow.exhaustedAt).toBeGreaterThan(now);
  });

  it("fire at nothing on thirty days that keep the target, also of few events", () => {
    const one = steps((at) => ((at / stepMs) % 2 === 0 ? 1 : 0));
    expect(evaluate(one).episodes).toEqual([]);
    const sparse: readonly SloCount[] = Array.from({ length: 30 * 24 }, (_, hour) => ({
      start: now - (hour + 1) * hourMs,
      good: hour % 90 === 0 ? 0 : 1,
      bad: hour % 90 === 0 ? 1 : 0,
      waiting: 0,
    })).reverse();
    expect(evaluate(sparse, { target: 0.95 }).episodes).toEqual([]);
  });
});

describe("an objective whose outcomes are late", () => {
  const accuracy = { sli: { kind: "accuracy", tolerance: undefined, segment: undefined }, target: 0.9 } as const;
  const stop = now - 3 * dayMs;

  it("freezes: it keeps its state, says since when, and does not turn green", () => {
    const bad = (at: number): number => (at >= stop - 5 * hourMs ? 100 : 5);
    const status = evaluate(
      steps(bad, (at) => (at >= stop ? 100 : 0)),
      accuracy,
      dayMs,
    );
    expect(status.state).toBe("frozen");
    expect(status.reason).toMatch(/late/);
    expect(status.measuredTo).toBeGreaterThan(stop - 7 * hourMs);
    expect(status.measuredTo).toBeLessThanOrEqual(stop + 6 * hourMs);
    expect(status.burns.some(({ active }) => active)).toBe(true);
  });

  it("is measured up to what is mature, and thaws when outcomes arrive", () => {
    const waiting = (at: number): number => (at >= now - dayMs ? 100 : 0);
    const status = evaluate(
      steps(() => 2, waiting),
      accuracy,
      dayMs,
    );
    expect(status).toMatchObject({ state: "met", measuredTo: now - dayMs, reason: undefined });
  });

  it("is not frozen by labels that were always few", () => {
    expect(
      evaluate(
        steps(
          (at) => ((at / stepMs) % 4 === 0 ? 1 : 0),
          () => 90,
        ),
        accuracy,
        dayMs,
      ).state,
    ).toBe("met");
  });

  it("has no data, and no budget, before the first outcome", () => {
    expect(
      evaluate(
        steps(
          () => 0,
          () => 100,
        ),
        accuracy,
        dayMs,
      ),
    ).toMatchObject({
      state: "no-data",
      reason: "no outcome has arrived yet",
      budgetLeft: undefined,
    });
  });
});

describe("a calendar window", () => {
  const at = (text: string): number => Date.parse(text);
  it("follows the wall clock of its zone through clock changes", () => {
    const daily = {
      kind: "calendar",
      count: 1,
      unit: "day",
      start: "2026-01-01T00:00:00",
      timeZone: "Europe/Zurich",
    } as const;
    const spring = budgetWindow(daily, at("2026-03-29T12:00:00Z"));
    expect(spring).toEqual({ start: at("2026-03-28T23:00:00Z"), end: at("2026-03-29T22:00:00Z") });
    const autumn = budgetWindow(daily, at("2026-10-25T12:00:00Z"));
    expect((autumn.end - autumn.start) / hourMs).toBe(25);
  });

  it("holds every instant in exactly one period, its start and not its end", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("day", "week", "month", "quarter", "year"),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: at("1999-01-01T00:00:00Z"), max: at("2040-01-01T00:00:00Z") }),
        (unit, count, instant) => {
          const window = {
            kind: "calendar",
            count,
            unit,
            start: "2020-01-31T09:30:00",
            timeZone: "America/New_York",
          } as const;
          const { start: first, end } = budgetWindow(window, instant);
          expect(first).toBeLessThanOrEqual(instant);
          expect(end).toBeGreaterThan(instant);
          expect(budgetWindow(window, end).start).toBe(end);
        },
      ),
      { numRuns: 60 },
    );
  });
});
