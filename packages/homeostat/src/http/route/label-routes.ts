import type { Answer, LabelLag, OutcomeTotal, LagQuantile as WireQuantile } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import { type LagQuantile, lagCurveOf } from "../../domain/prediction/label-lag.ts";
import type {
  LabelCoverage,
  LabelQuery,
  LagCount,
  OutcomeTotal as StoredTotal,
} from "../../domain/prediction/label-store.ts";
import type { System } from "../../domain/system/system.ts";
import { windowOf } from "../../domain/window/window.ts";
import { watermarkOf } from "../../service/sense/watermark.ts";
import { meanEstimate } from "../../stats/performance/mean-estimate.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

interface OutcomeQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly segment?: string | undefined;
  readonly window?: string | undefined;
}

/** What became of predictions: which have a label, how long labels take, what they were worth, what users said. */
export function labelHandlers(house: House): Pick<Handlers, "labels" | "outcomes"> {
  return {
    labels: async ({ path, query }) => {
      const asked = await askedOf(house, path.system, query);
      if (asked.kind === "refused") return asked;
      const { system, cuts } = asked;
      const frontier = await house.events.frontier(system);
      if (frontier === undefined) return { kind: "ok", value: { watermark: null, coverage: [], lags: [] } };
      const now = house.clock.now();
      const watermark = watermarkOf(system, frontier, now);
      const records = await house.windows.list(system.name, rangeOf(asked, system));
      const restatements = new Map(records.map((record) => [record.start, record.restatements]));
      const coverage: Answer<"labels">["coverage"] = [];
      const lags: LabelLag[] = [];
      for (const { labelQuery, segmentOf } of cuts) {
        const counted = await house.labels.labels(system, labelQuery, { watermark, now });
        for (const one of [...counted.coverage].sort(byWindow))
          coverage.push({
            window: isoOf(one.window),
            segment: segmentOf(one.value),
            rows: one.rows,
            labelled: one.labelled,
            share: one.rows === 0 ? null : one.labelled / one.rows,
            knownBefore: one.knownBefore,
            restatements: restatements.get(one.window) ?? 0,
          });
        for (const { value, byOutcomeTime, byReceivedTime } of counted.lags)
          lags.push(
            lagAnswer(segmentOf(value), "outcome-time", byOutcomeTime),
            lagAnswer(segmentOf(value), "received-time", byReceivedTime),
          );
      }
      return { kind: "ok", value: { watermark: isoOf(watermark), coverage, lags } };
    },
    outcomes: async ({ path, query }) => {
      const asked = await askedOf(house, path.system, query);
      if (asked.kind === "refused") return asked;
      const items: OutcomeTotal[] = [];
      for (const { labelQuery, segmentOf } of asked.cuts)
        for (const total of await house.labels.totals(asked.system, labelQuery))
          items.push(totalAnswer(segmentOf(total.value), total));
      return { kind: "ok", value: { items } };
    },
  };
}

const byWindow = (left: LabelCoverage, right: LabelCoverage): number => left.window - right.window;

interface Asked extends Pick<LabelQuery, "from" | "to"> {
  readonly kind: "asked";
  readonly system: System;
  /** All rows, or one segment; with `*` all rows and then every segment. */
  readonly cuts: readonly Cut[];
}

interface Cut {
  readonly labelQuery: LabelQuery;
  segmentOf(value: string): LabelLag["segment"];
}

async function askedOf(house: House, name: string, query: OutcomeQuery): Promise<Asked | Refusal> {
  const found = await findSystem(house, name);
  if (found.kind === "refused") return found;
  const { system } = found;
  const { from, to, segment: text, window } = query;
  const segments = segmentsOf(system, text);
  if (segments === undefined)
    return refused("malformed-body", "The segment is not declared.", {
      issues: [
        {
          path: "segment",
          expected: `* for all, or one of ${system.segments.map((declared) => declared.name).join(", ") || "none"}, alone or with =VALUE`,
          found: text ?? "",
        },
      ],
    });
  const one = window === undefined ? undefined : windowOf(Date.parse(window), system.windows.lengthMs);
  const stretch = {
    from: one?.start ?? (from === undefined ? undefined : Date.parse(from)),
    to: one?.end ?? (to === undefined ? undefined : Date.parse(to)),
  };
  const cuts = segments.map(
    (segment): Cut => ({
      labelQuery: { ...stretch, segment },
      segmentOf: (value) => (segment === undefined ? null : { name: segment.name, value }),
    }),
  );
  return { kind: "asked", system, ...stretch, cuts };
}

/** What a text names: all rows (undefined), one segment, or with `*` all rows and every segment. */
function segmentsOf(system: System, text: string | undefined): readonly LabelQuery["segment"][] | undefined {
  if (text === undefined || text === "") return [undefined];
  if (text === "*") return [undefined, ...system.segments.map(({ name }) => ({ name, value: undefined }))];
  const at = text.indexOf("=");
  const segment = { name: at < 0 ? text : text.slice(0, at), value: at < 0 ? undefined : text.slice(at + 1) };
  return system.segments.some((declared) => declared.name === segment.name) ? [segment] : undefined;
}

/** The windows that rows of the stretch may belong to: the first may begin before it. */
function rangeOf(
  { from, to }: Pick<LabelQuery, "from" | "to">,
  system: System,
): { readonly from?: number; readonly to?: number } {
  return {
    ...(from === undefined ? {} : { from: windowOf(from, system.windows.lengthMs).start }),
    ...(to === undefined ? {} : { to }),
  };
}

function lagAnswer(segment: LabelLag["segment"], clock: LabelLag["clock"], counts: readonly LagCount[]): LabelLag {
  const curve = lagCurveOf(counts);
  return {
    segment,
    clock,
    rows: curve.rows,
    labelled: curve.labelled,
    median: quantileAnswer(curve.median),
    p90: quantileAnswer(curve.p90),
    curve: [...curve.points],
  };
}

function quantileAnswer(quantile: LagQuantile): WireQuantile {
  switch (quantile.kind) {
    case "reached":
      return { state: "reached", byMs: quantile.byMs, lowMs: quantile.lowMs, highMs: quantile.highMs ?? null };
    case "not-reached":
      return { state: "not-reached", byMs: null, lowMs: quantile.lowMs ?? null, highMs: null };
    case "no-rows":
      return { state: "no-rows", byMs: null, lowMs: null, highMs: null };
  }
}

function totalAnswer(segment: OutcomeTotal["segment"], total: StoredTotal): OutcomeTotal {
  const mean = meanEstimate({ n: total.numbers, sum: total.sum, sumSquares: total.sumSquares });
  return {
    window: isoOf(total.window),
    segment,
    kind: total.kind,
    name: total.name,
    unit: total.unit,
    count: total.count,
    sum: total.numbers === 0 ? null : total.sum,
    mean: mean.kind === "estimate" ? { value: mean.value, low: mean.lower, high: mean.upper } : null,
    values: [...total.values],
  };
}
