import { describe, expect, it } from "vitest";
import { benjaminiHochberg } from "../../stats/hypothesis/benjamini-hochberg.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { dayMs, hourMs, minuteMs } from "../instant.ts";
import { alarmBudgetOf, detectorThreshold } from "./alarm-budget.ts";
import { defaultMonitor } from "./monitors-of.ts";
import type { MonitorSettings } from "./settings.ts";

const system = sampleSystem("s");
const psi = defaultMonitor("input-drift", system.owners);
const nulls = defaultMonitor("null-rate", system.owners);
const budgetOf = (lengthMs: number, watching: readonly MonitorSettings[] = [psi, nulls], pagesPerMonth?: number) =>
  alarmBudgetOf(
    {
      windows: { lengthMs, latenessMs: 0, season: "none" },
      ...(pagesPerMonth === undefined ? {} : { budget: { pagesPerMonth } }),
    },
    watching,
  );

describe("the alarm budget", () => {
  it("keeps the level of decision 6 for daily windows, and sharpens it for shorter ones", () => {
    expect(budgetOf(dayMs)).toMatchObject({ level: 0.05, windowsPerMonth: 30, leastPersistence: 2, pagesPerMonth: 1 });
    expect(budgetOf(hourMs).level).toBeCloseTo(2 / 720, 12);
    expect(budgetOf(15 * minuteMs).level).toBeCloseTo(2 / 2_880, 12);
  });

  it.each([dayMs, hourMs, 15 * minuteMs])("is never exceeded by what healthy windows of %i ms can cost", (lengthMs) => {
    for (const pages of [0.1, 1, 5])
      expect(budgetOf(lengthMs, [psi, nulls], pages).mostPages).toBeLessThanOrEqual(pages + 1e-9);
  });

  it("goes by the monitor that pages soonest; one that only warns costs nothing", () => {
    const soon: MonitorSettings = { ...psi, metrics: { psi: { threshold: 0.25, persistenceWindows: 1 } } };
    expect(budgetOf(hourMs, [soon, nulls]).level).toBeCloseTo(1 / 720, 12);
    expect(budgetOf(hourMs, [{ ...soon, severity: "warning" }, psi]).level).toBeCloseTo(3 / 720, 12);
  });

  it("holds however alike windows that follow each other are: hourly tests that stay the same for hours", () => {
    // the worst the bound allows for: p-values drawn anew only every `persistence` windows
    const random = createXoshiro(7);
    const { level, leastPersistence, mostPages, windowsPerMonth } = budgetOf(hourMs);
    const months = 300;
    let pages = 0;
    for (let block = 0; block < (months * windowsPerMonth) / leastPersistence; block++) {
      const { adjusted } = benjaminiHochberg(
        Array.from({ length: 40 }, () => random.next()),
        level,
      );
      if (adjusted.some((p) => p !== null && p <= level)) pages += 1;
    }
    // a page count is Poisson: four standard deviations
    expect(pages / months).toBeLessThan(mostPages + 4 * Math.sqrt(mostPages / months));
    expect(pages / months).toBeGreaterThan(mostPages / 2);
  });

  it("gives e-detectors a threshold that spends their share and no more", () => {
    expect(detectorThreshold(budgetOf(hourMs), 50, 0.1)).toBeCloseTo((50 * 720) / 0.1, 6);
  });
});
