import type { MonitorKind, SegmentValue, Severity } from "../finding/finding.ts";
import { invariant } from "../invariant.ts";
import type { SegmentChoice } from "../system/system.ts";

/** When one metric of a monitor is material, and for how many windows running both gates must be passed. */
export interface MetricSettings {
  /** Held against the effect, in the metric's own unit. */
  readonly threshold: number;
  readonly persistenceWindows: number;
  /** Healthy rows cannot fail it by chance, so it spends nothing of the alarm budget. */
  readonly isExact?: true;
}

/** A metric that a kind can ask about, with what holds unless something else is declared. */
interface MetricDefaults extends MetricSettings {
  /** What the threshold is measured in, in words: `debiased PSI`, `share of the rows`. */
  readonly unit: string;
  /** A choice of a declared monitor; the default monitor does not ask about it. */
  readonly onlyWhenDeclared?: true;
}

/** What holds where a system declares nothing else. Numbers come from measurements on healthy data; the kind says which. */
export interface MonitorDefaults {
  readonly severity: Severity;
  readonly metrics: Readonly<Record<string, MetricDefaults>>;
}

/** One monitor of one system with everything decided: what was declared, and the kind's defaults for the rest. */
export interface MonitorSettings {
  /** Unique in its system. A default monitor is called like its kind. */
  readonly name: string;
  readonly kind: MonitorKind;
  readonly origin: "default" | "declared";
  /** The metrics it asks about; of the kind's metrics, others are not asked. */
  readonly metrics: Readonly<Record<string, MetricSettings>>;
  readonly severity: Severity;
  readonly owner: string;
  /** Address or words of what to do; undefined: none was declared. */
  readonly runbook: string | undefined;
  /** undefined: all rows and every value of every segment. */
  readonly segments: readonly SegmentChoice[] | undefined;
  /** undefined: every feature. */
  readonly features: readonly string[] | undefined;
}

/** The metrics a kind asks about unless a declaration chooses one. */
export function defaultMetrics(defaults: MonitorDefaults): Readonly<Record<string, MetricSettings>> {
  return Object.fromEntries(
    Object.entries(defaults.metrics).flatMap(([metric, { onlyWhenDeclared, unit: _, ...settings }]) =>
      onlyWhenDeclared === true ? [] : [[metric, settings] as const],
    ),
  );
}

/** Whether a monitor asks about a metric of its kind. */
export function asks(settings: MonitorSettings, metric: string): boolean {
  return settings.metrics[metric] !== undefined;
}

/** The settings of a metric that the monitor asks about. */
export function metricOf(settings: MonitorSettings, metric: string): MetricSettings {
  const found = settings.metrics[metric];
  invariant(found !== undefined, "a monitor is asked only about its own metrics");
  return found;
}

/** Of the series' segments those the monitor looks at, in their order. */
export function chosenSegments(
  settings: MonitorSettings,
  segments: readonly (SegmentValue | undefined)[],
): readonly (SegmentValue | undefined)[] {
  const { segments: choices } = settings;
  if (choices === undefined) return segments;
  return segments.filter((segment) => choices.some((choice) => fits(choice, segment)));
}

function fits(choice: SegmentChoice, segment: SegmentValue | undefined): boolean {
  if (choice.kind === "all-rows") return segment === undefined;
  if (segment?.name !== choice.name) return false;
  return choice.kind === "every-value" || choice.value === segment.value;
}

/** Of the baseline's features those the monitor looks at, in their order. */
export function chosenFeatures<F extends { readonly name: string }>(
  settings: MonitorSettings,
  features: readonly F[],
): readonly F[] {
  const { features: chosen } = settings;
  return chosen === undefined ? features : features.filter(({ name }) => chosen.includes(name));
}
