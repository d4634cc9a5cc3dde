import type { SliceStore } from "../../domain/baseline/slice-store.ts";
import type { ShiftPattern } from "../../domain/diagnosis/shift-pattern.ts";
import type { Finding } from "../../domain/finding/finding.ts";
import type { Diagnosis } from "../../domain/incident/diagnosis.ts";
import type { Incident } from "../../domain/incident/incident.ts";
import { type Clock, isoOf } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import { infrastructureStep } from "./infrastructure-step.ts";
import { type StepResult, stepTaker } from "./step-taker.ts";
import { causeWords, evenly, rankChanges, type TracePorts } from "./trace-upstream.ts";

interface ContractDiagnosisPorts extends TracePorts {
  readonly slices: SliceStore;
  readonly clock: Clock;
}

type ContractScene = Pick<DiagnosisScene, "system" | "range" | "findings" | "settings">;

/** From the first window in which a promise was broken to the end of the newest one known. */
export function contractRange(
  system: System,
  incident: Incident,
  findings: readonly Finding[],
): DiagnosisScene["range"] {
  const starts = findings.map((finding) => finding.window.start);
  const from = Math.min(incident.detectedAtEventTime - system.windows.lengthMs, ...starts);
  return { from, to: Math.max(incident.detectedAtEventTime, ...findings.map((finding) => finding.window.end)) };
}

const valuesNamed = 3;

/** `the source breaks its promise "…" (found x, y)`. */
export function promiseWords({ rule, values }: Finding): string {
  const named = values.slice(0, valuesNamed).map(({ value }) => value);
  return `the source breaks its promise "${rule}"${named.length === 0 ? "" : ` (found ${named.join(", ")})`}`;
}

/** Of every rule that is broken, the first window and the newest. */
interface BrokenRule {
  readonly first: Finding;
  readonly newest: Finding;
}

function brokenRules(findings: readonly Finding[]): readonly BrokenRule[] {
  const rules = new Map<string, BrokenRule>();
  for (const finding of [...findings].sort((left, right) => left.window.start - right.window.start)) {
    const first = rules.get(finding.metric)?.first ?? finding;
    rules.set(finding.metric, { first, newest: finding });
  }
  const isWarning = ({ newest }: BrokenRule): number => (newest.severity === "critical" ? 0 : 1);
  return [...rules.values()].sort(
    (left, right) =>
      isWarning(left) - isWarning(right) ||
      left.first.window.start - right.first.window.start ||
      right.newest.effect - left.newest.effect,
  );
}

function ruleWords({ first, newest }: BrokenRule): string {
  return `${newest.metric} since the window of ${isoOf(first.window.start)}: ${newest.sentence}`;
}

const withoutBaseline = (what: string) => async (): Promise<StepResult<undefined>> => ({
  value: undefined,
  status: "not-checked",
  verdict: `${what} is compared with a baseline, and there is none yet`,
});

/**
 * The diagnosis of broken promises where there is no baseline: which rules, which values, since which window, and the
 * logged changes as suspects. Every step that compares with normal says that it was not checked.
 */
export async function diagnoseByContract(ports: ContractDiagnosisPorts, scene: ContractScene): Promise<Diagnosis> {
  const startedAt = ports.clock.now();
  const { system, range } = scene;
  const broken = brokenRules(scene.findings);
  const steps = stepTaker(ports.clock, ports.slices);
  await steps.take(1, "business and model metric first", withoutBaseline("the model's metric"));
  await steps.take(2, "infrastructure, briefly", (slices) => infrastructureStep(slices, scene));
  await steps.take(3, "distrust the global number", withoutBaseline("a slice"));
  await steps.take(4, "slice by every declared segment", withoutBaseline("a segment"));
  await steps.take(5, "the promises of the source", async () => ({
    value: undefined,
    status: broken.length === 0 ? "not-enough-data" : "done",
    verdict: broken.length === 0 ? "no finding stands any more" : broken.map(ruleWords).join("; "),
  }));
  const traced = await steps.take(6, "trace upstream", async () => {
    const value = await rankChanges(ports, scene, {
      onset: evenly(range.from, range.from + system.windows.lengthMs),
      shares: sharesOf(broken),
      pattern: patternOf(broken[0]),
      slice: undefined,
    });
    return {
      value,
      status: value.suspects.length === 0 ? "not-enough-data" : "done",
      verdict: causeWords(value.named),
    };
  });
  await steps.take(7, "propose the fix and check it by shadow scoring", withoutBaseline("a fix"));
  const completedAt = ports.clock.now();
  return {
    completedAt,
    tookMs: completedAt - startedAt,
    sentence: sentenceOf(system, broken, traced.named?.change),
    steps: steps.taken(),
    slice: undefined,
    features: [],
    suspects: traced.suspects,
    namedCause: traced.named,
  };
}

/** The fields whose promises are broken, all alike. */
function sharesOf(broken: readonly BrokenRule[]): readonly { readonly feature: string; readonly share: number }[] {
  const fields = [...new Set(broken.flatMap(({ newest }) => newest.feature ?? []))];
  return fields.map((feature) => ({ feature, share: 1 / fields.length }));
}

/** What kind of change would do this, where the rule tells. */
function patternOf(worst: BrokenRule | undefined): ShiftPattern | undefined {
  const rule = worst?.newest.metric ?? "";
  if (/\.(required|nullValues|missingValues)(-\d+)?$/.test(rule)) return { kind: "value_lost_to_null" };
  return /\.invalidValues(-\d+)?$/.test(rule) ? { kind: "renamed" } : undefined;
}

function sentenceOf(
  system: System,
  [worst, ...others]: readonly BrokenRule[],
  cause: { readonly title: string; readonly component: string } | undefined,
): string {
  if (worst === undefined) return "The findings were withdrawn: nothing stands any more";
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const why =
    cause === undefined ? "no logged change explains it" : `most likely "${cause.title}" on ${cause.component}`;
  return `${system.source.component}: ${promiseWords(worst.newest)}${more}, since ${isoOf(worst.first.window.start)}; ${why}`;
}
