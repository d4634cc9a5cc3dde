import type { DeclarationDocument, MonitorDeclaration, SystemDeclaration } from "@homeostat/protocol";
import { type MonitorKind, monitorKinds } from "../../domain/finding/finding.ts";
import { valueDistances } from "../../domain/monitor/distance-series.ts";
import type { MonitorDefinition } from "../../domain/monitor/monitor.ts";
import { monitors } from "../../domain/monitor/registry.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { DeclaredMonitor, SegmentChoice, System } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";
import { repeatedNames } from "./read-pipeline.ts";

type Reading<T> = { readonly value: T } | { readonly issues: readonly Issue[] };

/** What a declared monitor may name. */
interface Nameable {
  readonly segments: readonly string[];
  readonly pipeline: Pipeline;
  /** undefined while a document that may name them is broken: then nobody is called unknown. */
  readonly owners: ReadonlySet<string> | undefined;
}

const kindNamed = (name: string): MonitorKind | undefined => monitorKinds.find((kind) => kind === name);

/**
 * The declared monitors of a system, each held to its kind, and to the segments, features and owners that exist. Keys
 * that are absent stay absent: what follows from the kind is decided where monitors are resolved.
 */
export function readMonitors(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  { pipeline, owners }: { readonly pipeline: Pipeline; readonly owners: ReadonlySet<string> | undefined },
): Reading<readonly DeclaredMonitor[]> {
  const nameable = { pipeline, owners, segments: declared.segments.map(({ name }) => name) };
  const read = readEach(
    declared.monitors,
    nameable,
    (index) =>
      (...path) =>
        document.place(["monitors", index, ...path]),
  );
  const repeated = repeatedNames(
    document,
    "monitors",
    declared.monitors.map(({ name }) => name),
  );
  if (repeated.length === 0) return read;
  return { issues: [...repeated, ...("issues" in read ? read.issues : [])] };
}

/** Monitors that somebody wants to try on a system that exists. */
export function readMonitorList(
  monitors: readonly MonitorDeclaration[],
  system: System,
  owners: ReadonlySet<string>,
): Reading<readonly DeclaredMonitor[]> {
  const nameable = { pipeline: system.pipeline, owners, segments: system.segments.map(({ name }) => name) };
  return readEach(
    monitors,
    nameable,
    (index) =>
      (...path) =>
        [`monitors[${index}]`, ...path].join("."),
  );
}

function readEach(
  monitors: readonly MonitorDeclaration[],
  nameable: Nameable,
  placeOf: (index: number) => Place,
): Reading<readonly DeclaredMonitor[]> {
  const readings = monitors.map((monitor, index) => readOne(placeOf(index), nameable, monitor));
  const issues = readings.flatMap((reading) => ("issues" in reading ? reading.issues : []));
  if (issues.length > 0) return { issues };
  return { value: readings.flatMap((reading) => ("value" in reading ? [reading.value] : [])) };
}

function readOne(at: Place, nameable: Nameable, monitor: MonitorDeclaration): Reading<DeclaredMonitor> {
  const named = kindNamed(monitor.name);
  const kind = monitor.kind ?? named;
  if (kind === undefined)
    return {
      issues: [
        {
          path: at("name"),
          expected: `kind: one of ${monitorKinds.join(", ")}, or one of them as the name`,
          found: `a monitor \`${monitor.name}\` without a kind`,
        },
      ],
    };
  const issues = [
    ...kindIssues(at, monitor, named),
    ...metricIssues(at, monitor, kind),
    ...segmentIssues(at, monitor, nameable.segments),
    ...featureIssues(at, monitor, nameable.pipeline),
    ...ownerIssues(at, monitor, nameable.owners),
  ];
  return issues.length > 0 ? { issues } : { value: domainOf(monitor, kind) };
}

type Place = (...path: readonly (string | number)[]) => string;

function kindIssues(at: Place, { name, kind }: MonitorDeclaration, named: MonitorKind | undefined): readonly Issue[] {
  if (named === undefined || kind === undefined || kind === named) return [];
  return [
    {
      path: at("kind"),
      expected: `kind: ${named}, because the default monitor of that kind is called so`,
      found: `${kind} for a monitor \`${name}\``,
    },
  ];
}

function metricIssues(at: Place, monitor: MonitorDeclaration, kind: MonitorKind): readonly Issue[] {
  const definition: MonitorDefinition = monitors[kind];
  const known = Object.keys(definition.defaults.metrics);
  const issues: Issue[] = [];
  if (monitor.metric !== undefined && !known.includes(monitor.metric))
    issues.push({
      path: at("metric"),
      expected:
        known.length === 0
          ? `no metric: ${kind} asks what is promised elsewhere`
          : `metric: one of ${known.join(", ")} for a monitor of kind ${kind}`,
      found: `\`${monitor.metric}\`${whyNot(monitor.metric)}`,
    });
  // contracts and objectives have their thresholds in declarations of their own
  if (known.length === 0)
    for (const key of ["threshold", "persistence", "segments", "features", "severity", "owner", "runbook"] as const)
      if (monitor[key] !== undefined)
        issues.push({
          path: at(key),
          expected: `only \`enabled: false\` for a monitor of kind ${kind}: the rest is declared elsewhere`,
          found: key,
        });
  const several = monitor.metric === undefined && unitsOf(definition).size > 1;
  if (monitor.threshold !== undefined && several)
    issues.push({
      path: at("threshold"),
      expected: `a metric beside the threshold, because those of ${kind} have different units: one of ${known.join(", ")}`,
      found: `threshold ${monitor.threshold} alone`,
    });
  return issues;
}

/** Why a distance that exists cannot be declared; empty for what does not exist. */
function whyNot(metric: string): string {
  const reason = valueDistances[metric];
  return reason === undefined ? "" : `, which ${reason}`;
}

/** Units of what is asked when no metric is chosen. */
const unitsOf = ({ defaults }: MonitorDefinition): ReadonlySet<string> =>
  new Set(
    Object.values(defaults.metrics).flatMap(({ unit, onlyWhenDeclared }) => (onlyWhenDeclared === true ? [] : [unit])),
  );

function segmentIssues(at: Place, monitor: MonitorDeclaration, names: readonly string[]): readonly Issue[] {
  return (monitor.segments ?? []).flatMap((text, index) => {
    const choice = segmentChoiceOf(text);
    if (choice.kind === "all-rows" || names.includes(choice.name)) return [];
    return [
      {
        path: at("segments", index),
        expected: `all${names.length === 0 ? ": this system declares no segment" : `, or a declared segment: ${names.join(", ")}`}`,
        found: `\`${text}\``,
      },
    ];
  });
}

function featureIssues(at: Place, monitor: MonitorDeclaration, pipeline: Pipeline): readonly Issue[] {
  return (monitor.features ?? []).flatMap((name, index) =>
    pipeline.features.some((feature) => feature.name === name)
      ? []
      : [
          {
            path: at("features", index),
            expected: `a feature of the pipeline: ${pipeline.features.map((feature) => feature.name).join(", ")}`,
            found: `\`${name}\``,
          },
        ],
  );
}

function ownerIssues(
  at: Place,
  monitor: MonitorDeclaration,
  owners: ReadonlySet<string> | undefined,
): readonly Issue[] {
  if (monitor.owner === undefined || owners === undefined || owners.has(monitor.owner)) return [];
  return [
    {
      path: at("owner"),
      expected: "the name of an owner in a document of kind Owners",
      found: `\`${monitor.owner}\``,
    },
  ];
}

/** `all`, `origin`, `origin=LAX`. */
function segmentChoiceOf(text: string): SegmentChoice {
  if (text === "all") return { kind: "all-rows" };
  const at = text.indexOf("=");
  return at < 0
    ? { kind: "every-value", name: text }
    : { kind: "value", name: text.slice(0, at), value: text.slice(at + 1) };
}

function domainOf(monitor: MonitorDeclaration, kind: MonitorKind): DeclaredMonitor {
  const { name, enabled, metric, threshold, persistence, severity, owner, runbook, segments, features } = monitor;
  return {
    name,
    kind,
    enabled,
    ...(metric === undefined ? {} : { metric }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(persistence === undefined ? {} : { persistenceWindows: persistence }),
    ...(severity === undefined ? {} : { severity }),
    ...(owner === undefined ? {} : { owner }),
    ...(runbook === undefined ? {} : { runbook }),
    ...(segments === undefined ? {} : { segments: segments.map(segmentChoiceOf) }),
    ...(features === undefined ? {} : { features }),
  };
}
