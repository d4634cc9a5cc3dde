import type { SloDetail, SloSummary } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import { nominalMs } from "../../domain/slo/budget-window.ts";
import type { SloStatus } from "../../domain/slo/evaluate-slo.ts";
import { sliWords } from "../../domain/slo/sli-words.ts";
import type { Slo } from "../../domain/slo/slo.ts";
import { areaOf } from "../../domain/slo/slo-area.ts";
import type { System } from "../../domain/system/system.ts";
import { sloStatus } from "../../service/sense/check-slos.ts";
import { type Handlers, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

/** Objectives: what is left of their budgets, how fast they burn, and since when it cannot be said. */
export function sloHandlers(house: House): Pick<Handlers, "slos" | "slo"> {
  return {
    slos: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const items: SloSummary[] = [];
      for (const slo of found.system.slos ?? [])
        items.push(summaryOf(found.system, slo, await sloStatus(house, found.system, slo, instantOf(query.at))));
      return { kind: "ok", value: { items } };
    },
    slo: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const slo = (found.system.slos ?? []).find(({ name }) => name === path.slo);
      if (slo === undefined)
        return refused(
          "not-found",
          `${path.system} has no objective ${path.slo}; it has ${(found.system.slos ?? []).map(({ name }) => name).join(", ") || "none"}.`,
        );
      const status = await sloStatus(house, found.system, slo, instantOf(query.at));
      return { kind: "ok", value: detailOf(found.system, slo, status) };
    },
  };
}

const instantOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

function summaryOf(system: System, slo: Slo, status: SloStatus): SloSummary {
  return {
    name: slo.name,
    displayName: slo.displayName ?? null,
    description: slo.description ?? null,
    labels: { ...slo.labels },
    annotations: { ...slo.annotations },
    indicator: slo.sli.kind,
    words: sliWords(slo),
    segment: ("segment" in slo.sli ? slo.sli.segment : undefined) ?? null,
    owner: system.owners[areaOf(slo.sli)],
    target: slo.target,
    window: {
      kind: slo.window.kind,
      start: isoOf(status.window.start),
      end: isoOf(status.window.end),
      lengthMs: nominalMs(slo.window),
    },
    budgeting: slo.budgeting.kind,
    state: status.state,
    reason: status.reason ?? null,
    measuredTo: isoOf(status.measuredTo),
    good: status.sums.good,
    bad: status.sums.bad,
    waiting: status.sums.waiting,
    value: status.value ?? null,
    budgetLeft: status.budgetLeft ?? null,
    burns: status.burns.map(({ pair, long, short, active }) => ({
      severity: pair.severity,
      longMs: pair.longMs,
      shortMs: pair.shortMs,
      factor: pair.factor,
      long: long?.rate ?? null,
      short: short?.rate ?? null,
      active,
    })),
    exhaustedAt: status.exhaustedAt === undefined ? null : isoOf(status.exhaustedAt),
  };
}

function detailOf(system: System, slo: Slo, status: SloStatus): SloDetail {
  return {
    ...summaryOf(system, slo, status),
    series: status.series.map(({ at, budgetLeft }) => ({ at: isoOf(at), budgetLeft })),
    episodes: status.episodes.map(({ pair, start, last, active, burn }) => ({
      severity: pair.severity,
      start: isoOf(start),
      last: isoOf(last),
      active,
      rate: burn.rate,
      bad: burn.bad,
      events: burn.good + burn.bad,
    })),
  };
}
