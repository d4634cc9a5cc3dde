import type { DeclarationDocument, SliDeclaration, SloDeclaration } from "@homeostat/protocol";
import type { SegmentValue } from "../../domain/finding/finding.ts";
import type { Limit, Sli } from "../../domain/slo/slo.ts";
import type { System } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";

export type Reading<T> = { readonly value: T } | { readonly issues: readonly Issue[] };

/** Where the indicator of an objective is written down: with the objective, or in a document of its own. */
export interface WrittenIndicator {
  readonly document: DeclarationDocument;
  readonly at: readonly (string | number)[];
  readonly spec: SliDeclaration["spec"];
}

export function sloIssue(
  document: DeclarationDocument,
  path: readonly (string | number)[],
  expected: string,
  found: string,
): Issue {
  return { path: document.place(path), expected: `${path.join(".")}: ${expected}`, found };
}

function segmentOf(
  { document, at }: Pick<WrittenIndicator, "document" | "at">,
  text: string | undefined,
  system: System,
): Reading<SegmentValue | undefined> {
  if (text === undefined) return { value: undefined };
  const split = text.indexOf("=");
  const [name, value] = [text.slice(0, split), text.slice(split + 1)];
  if (system.segments.some((segment) => segment.name === name)) return { value: { name, value } };
  const known = system.segments.map((segment) => segment.name).join(", ") || "none";
  return { issues: [sloIssue(document, [...at, "segment"], `a declared segment (${known}) and a value`, text)] };
}

/** What an objective measures, held to what its system has. */
export function readIndicator(
  document: DeclarationDocument,
  declared: SloDeclaration,
  written: WrittenIndicator,
  system: System,
): Reading<Sli> {
  const { ratioMetric, thresholdMetric } = written.spec;
  const { op, value } = declared.spec.objectives[0] ?? {};
  const at = ["spec", "objectives", 0];
  if (ratioMetric !== undefined && thresholdMetric === undefined) {
    if (op === undefined && value === undefined) return ratioSli(written, ratioMetric, system);
    const key = op === undefined ? "value" : "op";
    return { issues: [sloIssue(document, [...at, key], "no such key: a ratio needs none", String(op ?? value))] };
  }
  if (thresholdMetric === undefined || ratioMetric !== undefined)
    return {
      issues: [
        sloIssue(
          written.document,
          written.at,
          "ratioMetric or thresholdMetric, one of them",
          ratioMetric === undefined ? "neither" : "both",
        ),
      ],
    };
  if (op === undefined || value === undefined)
    return { issues: [sloIssue(document, at, "op and value: what is good of the metric", "nothing")] };
  return thresholdSli(written, thresholdMetric, { op, value }, system);
}

type Ratio = NonNullable<SliDeclaration["spec"]["ratioMetric"]>;

/** What a pair of counters means; bad ones are counted from either side. */
const ratios: Readonly<Record<string, "failed" | "degraded" | "accuracy">> = {
  "good answered predictions": "failed",
  "bad failed predictions": "failed",
  "good undegraded predictions": "degraded",
  "bad degraded predictions": "degraded",
  "good correct labelled": "accuracy",
  "bad wrong labelled": "accuracy",
};

function ratioSli({ document, at }: WrittenIndicator, ratio: Ratio, system: System): Reading<Sli> {
  const place = [...at, "ratioMetric"];
  const side = ratio.good === undefined ? "bad" : "good";
  const chosen = ratio.good ?? ratio.bad;
  if (chosen === undefined || (ratio.good !== undefined && ratio.bad !== undefined))
    return {
      issues: [sloIssue(document, place, "good or bad beside total", chosen === undefined ? "neither" : "both")],
    };
  const own = chosen.metricSource.spec;
  const total = ratio.total.metricSource.spec;
  const meaning = ratios[`${side} ${own.metric} ${total.metric}`];
  if (meaning === undefined)
    return {
      issues: [
        sloIssue(
          document,
          [...place, side, "metricSource", "spec", "metric"],
          "answered, undegraded (good), failed or degraded (bad) of predictions; correct (good) or wrong (bad) of labelled",
          `${side} ${own.metric} of ${total.metric}`,
        ),
      ],
    };
  if (own.segment !== total.segment)
    return {
      issues: [
        sloIssue(
          document,
          [...place, "total", "metricSource", "spec", "segment"],
          `the same as of ${side}`,
          total.segment ?? "none",
        ),
      ],
    };
  const spec = [...place, side, "metricSource", "spec"];
  const segment = segmentOf({ document, at: spec }, own.segment, system);
  if ("issues" in segment) return segment;
  const isRegression = system.task.type === "regression" && meaning === "accuracy";
  if ((own.tolerance === undefined) === isRegression || total.tolerance !== undefined)
    return {
      issues: [
        sloIssue(
          document,
          [...spec, "tolerance"],
          isRegression ? "how near a prediction must be to be correct, in the unit of the task" : "no such key here",
          String(own.tolerance ?? total.tolerance ?? "nothing"),
        ),
      ],
    };
  return meaning === "accuracy"
    ? { value: { kind: "accuracy", tolerance: own.tolerance, segment: segment.value } }
    : { value: { kind: "availability", bad: meaning, segment: segment.value } };
}

type Threshold = NonNullable<SliDeclaration["spec"]["thresholdMetric"]>;

/** Which further keys a metric takes. */
const keysOf = {
  latency: ["segment"],
  freshness: [],
  drift: ["feature", "segment"],
  business: ["outcome", "unit", "segment"],
} as const satisfies Readonly<Record<Threshold["metricSource"]["spec"]["metric"], readonly string[]>>;

function thresholdSli(
  { document, at }: WrittenIndicator,
  threshold: Threshold,
  limit: Limit,
  system: System,
): Reading<Sli> {
  const { spec } = threshold.metricSource;
  const place = [...at, "thresholdMetric", "metricSource", "spec"];
  const taken: readonly string[] = keysOf[spec.metric];
  const surplus = (["feature", "outcome", "unit", "segment"] as const).filter(
    (key) => spec[key] !== undefined && !taken.includes(key),
  );
  if (surplus.length > 0)
    return {
      issues: surplus.map((key) =>
        sloIssue(document, [...place, key], `no such key of ${spec.metric}`, String(spec[key])),
      ),
    };
  const segment = segmentOf({ document, at: place }, spec.segment, system);
  if ("issues" in segment) return segment;
  switch (spec.metric) {
    case "latency":
      return { value: { kind: "latency", limit, segment: segment.value } };
    case "freshness":
      return { value: { kind: "freshness", limit } };
    case "drift": {
      const { feature } = spec;
      if (feature !== undefined && !system.pipeline.features.some(({ name }) => name === feature))
        return { issues: [sloIssue(document, [...place, "feature"], "a feature of the pipeline", feature)] };
      return { value: { kind: "drift", limit, feature, segment: segment.value } };
    }
    case "business": {
      const { outcome, unit } = spec;
      if (outcome === undefined || unit === undefined)
        return { issues: [sloIssue(document, place, "outcome and unit of business outcomes", "not both")] };
      return { value: { kind: "business", outcome, unit, limit, segment: segment.value } };
    }
  }
}
