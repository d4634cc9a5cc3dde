import { type Slice, type SliceStore, sliceWords } from "../../domain/baseline/slice-store.ts";
import { onsetInstant } from "../../domain/diagnosis/date-onset.ts";
import { findSlice, type Lead } from "../../domain/diagnosis/find-slice.ts";
import type { Finding } from "../../domain/finding/finding.ts";
import type { Diagnosis, SliceEvidence, Suspect } from "../../domain/incident/diagnosis.ts";
import { type Clock, isoOf } from "../../domain/instant.ts";
import type { SeriesVerdict, VerdictStore } from "../../domain/monitor/verdict.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import { auditSlice, type SliceAudit } from "./audit-slice.ts";
import { promiseWords } from "./diagnose-by-contract.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import { type FixPorts, fixStep } from "./fix-step.ts";
import { infrastructureStep } from "./infrastructure-step.ts";
import { metricStep } from "./metric-step.ts";
import { type SearchedSlices, searchSlices } from "./search-slices.ts";
import { type StepResult, stepTaker } from "./step-taker.ts";
import { causeWords, type Trace, type TracePorts, traceUpstream } from "./trace-upstream.ts";

export interface StepPorts extends Omit<TracePorts, "slices">, FixPorts {
  readonly slices: SliceStore;
  readonly verdicts: VerdictStore;
  readonly windows: WindowStore;
  readonly clock: Clock;
}

/** The seven steps on a scene. Asking twice about the same rows gives the same diagnosis. Stores nothing. */
export async function takeSteps(ports: StepPorts, scene: DiagnosisScene): Promise<Diagnosis> {
  const startedAt = ports.clock.now();
  const steps = stepTaker(ports.clock, ports.slices);
  const newest = newestFindings(scene.findings);
  const lead = findSlice(newest, await newestVolumes(ports, scene)).leads[0];
  const searched = await steps.take(4, "slice by every declared segment, the clock, channels and features", (slices) =>
    searchStep(slices, scene, lead),
  );
  const audit = await steps.take(5, "PSI of every feature on the slice", (slices) =>
    auditStep(slices, scene, searched.slice),
  );
  await steps.take(1, "business and model metric first", (slices) => metricStep(slices, scene, audit.slice));
  await steps.take(2, "infrastructure, briefly", (slices) => infrastructureStep(slices, scene));
  await steps.take(3, "distrust the global number", async () => globalStep(audit.slice, searched));
  const traced = await steps.take(6, "trace upstream", (slices) =>
    traceStep({ ...ports, slices }, scene, lead, searched.slice, audit),
  );
  const fix = await steps.take(7, "propose the fix and check it by shadow scoring", (slices) =>
    fixStep({ ...ports, slices }, scene, searched.slice, traced),
  );
  const completedAt = ports.clock.now();
  return {
    completedAt,
    tookMs: completedAt - startedAt,
    sentence: sentenceOf(lead, searched, audit, traced.named),
    steps: steps.taken(),
    slice: audit.slice,
    slices: searched.ranked,
    foundSlices: searched.found,
    weakSlices: searched.weak,
    features: audit.features,
    suspects: traced.suspects,
    namedCause: traced.named,
    onset: onsetInstant(traced.onset),
    fix,
  };
}

const shownSlices = 3;

async function searchStep(
  slices: SliceStore,
  scene: DiagnosisScene,
  lead: Lead | undefined,
): Promise<StepResult<SearchedSlices>> {
  const value = await searchSlices(slices, scene, lead);
  const shown = value.ranked.slice(0, shownSlices).map(({ words, how }) => `${words}: ${how}`);
  const unlabelled = value.labelled ? "" : "; outcomes are missing or too few, so only inputs were searched";
  return {
    value,
    status: lead === undefined && value.tested === 0 ? "not-enough-data" : "done",
    verdict: `${shown.length === 0 ? `no slice stands out${lead === undefined ? "" : `: ${lead.how}`}` : shown.join("; ")} (${value.tested.toLocaleString("en")} conjunctions with enough rows were tested${unlabelled})`,
    evidence: [
      { name: "conjunctions tested", value: value.tested },
      ...value.found.slice(0, shownSlices).map((found) => ({
        name: `${found.words}: ${found.measure.kind === "loss" ? "mean loss" : `share of rows with values of ${found.measure.feature} that grew`}`,
        value: found.value,
        usual: found.baselineValue,
      })),
    ],
  };
}

const shownFeatures = 10;

async function auditStep(
  slices: SliceStore,
  scene: DiagnosisScene,
  slice: Slice | undefined,
): Promise<StepResult<SliceAudit>> {
  const value = await auditSlice(slices, scene, slice);
  const top = value.features[0];
  return {
    value,
    status: top === undefined ? "not-enough-data" : "done",
    verdict:
      top === undefined
        ? "nothing to compare"
        : `${top.feature} moved most: PSI ${top.psi.toFixed(2)} (chance and ordinary variation give ${top.expectedByChance.toFixed(3)}, p ${top.pValue < 1e-4 ? "< 0.0001" : top.pValue.toFixed(4)})`,
    evidence: value.features
      .slice(0, shownFeatures)
      .map((feature) => ({ name: `PSI of ${feature.feature}`, value: feature.psi, usual: feature.expectedByChance })),
  };
}

async function traceStep(
  ports: TracePorts,
  scene: DiagnosisScene,
  lead: Lead | undefined,
  slice: Slice | undefined,
  audit: SliceAudit,
): Promise<StepResult<Trace>> {
  const value = await traceUpstream(ports, scene, lead, slice, audit);
  return {
    value,
    status: value.suspects.length === 0 ? "not-enough-data" : "done",
    verdict: `it began about ${isoOf(onsetInstant(value.onset))}; ${causeWords(value.named)}`,
    evidence: [
      { name: "began", value: isoOf(onsetInstant(value.onset)) },
      ...value.shares.map(({ feature, share }) => ({ name: `share of the drift in ${feature}`, value: share })),
      { name: "changes weighed", value: value.suspects.length - 1 },
    ],
  };
}

/** Of each series its newest finding: the slice is what holds now. */
function newestFindings(findings: readonly Finding[]): readonly Finding[] {
  const newest = new Map<string, Finding>();
  for (const finding of findings) {
    const key = [
      finding.monitor,
      finding.metric,
      finding.feature ?? "",
      finding.segment?.name ?? "",
      finding.segment?.value ?? "",
    ].join("|");
    const known = newest.get(key);
    if (known === undefined || known.window.start < finding.window.start) newest.set(key, finding);
  }
  return [...newest.values()];
}

async function newestVolumes(
  ports: Pick<StepPorts, "windows" | "verdicts">,
  { system, range, release }: DiagnosisScene,
): Promise<readonly SeriesVerdict[]> {
  const length = system.windows.lengthMs;
  const windows = await ports.windows.list(system.name, { from: range.to - length, to: range.to });
  const verdicts = await ports.verdicts.list({
    system: system.name,
    release: release.id,
    monitor: "volume",
    segment: "*",
    windows: windows.filter((record) => record.profileVersion > 0),
  });
  return verdicts.map(({ verdict }) => verdict);
}

function globalStep(slice: SliceEvidence | undefined, searched: SearchedSlices): StepResult<undefined> {
  if (slice === undefined || searched.slice === undefined)
    return { value: undefined, status: "done", verdict: "what was found concerns all rows; no slice hides behind it" };
  const { losses } = slice;
  const pair = (name: string, now: number | undefined, then: number | undefined): readonly string[] =>
    now === undefined || then === undefined ? [] : [`${name} ${shortNumber(then)} → ${shortNumber(now)}`];
  const psi =
    slice.globalPsi === undefined || slice.slicePsi === undefined
      ? []
      : [`global PSI ${slice.globalPsi.toFixed(3)} against ${slice.slicePsi.toFixed(2)} on the slice`];
  const numbers = [
    ...psi,
    ...pair("global AUC", slice.globalAuc, slice.globalBaselineAuc),
    ...pair("global loss", losses?.global, losses?.globalBaseline),
    ...pair("loss of the slice", losses?.slice, losses?.sliceBaseline),
  ];
  return {
    value: undefined,
    status: "done",
    verdict: `the slice is ${(slice.share * 100).toFixed(1)} % of the rows: ${numbers.join(", ")}`,
    evidence: [
      { name: "share of the rows", value: slice.share },
      { name: "PSI over all rows", value: slice.globalPsi },
      { name: "PSI on the slice", value: slice.slicePsi },
      { name: "mean loss, all rows", value: losses?.global, usual: losses?.globalBaseline },
      { name: "mean loss, slice", value: losses?.slice, usual: losses?.sliceBaseline },
    ],
  };
}

const shortNumber = (value: number): string => Number(value.toPrecision(3)).toString();

function sentenceOf(
  lead: Lead | undefined,
  searched: SearchedSlices,
  audit: SliceAudit,
  named: Suspect | undefined,
): string {
  const cause =
    named?.change === undefined
      ? "no logged change explains it"
      : `most likely "${named.change.title}" on ${named.change.component}`;
  const where = sliceWords(searched.slice);
  if (lead !== undefined) return `${whatHappened(lead, searched.slice, audit, where)}; ${cause}`;
  const [found] = searched.found;
  if (found === undefined) return "Nothing stands out: no finding, and no slice got worse";
  return found.measure.kind === "loss"
    ? `Answers got worse in ${found.words} (mean loss ${shortNumber(found.baselineValue)} → ${shortNumber(found.value)}); ${cause}`
    : `\`${found.measure.feature}\` moved in ${found.words}; ${cause}`;
}

function whatHappened(lead: Lead, slice: Slice | undefined, audit: SliceAudit, where: string): string {
  const { finding } = lead;
  if (finding.monitor === "contract") return promiseWords(finding);
  if (finding.monitor === "null-rate")
    return `\`${finding.feature}\` arrives missing${slice === undefined ? "" : ` where it was ${where}`}`;
  if (finding.metric === "unseen")
    return `\`${finding.feature}\` arrives with unseen values${
      finding.values.length === 0
        ? ""
        : ` (${finding.values
            .slice(0, 3)
            .map((entry) => entry.value)
            .join(", ")})`
    }${slice === undefined ? "" : ` where it was ${where}`}`;
  if (finding.feature !== undefined) {
    const feature = audit.features.find((candidate) => candidate.feature === finding.feature);
    return `\`${finding.feature}\` moved in ${where}${feature === undefined ? "" : ` (PSI ${feature.psi.toFixed(2)})`}`;
  }
  return `${finding.monitor.replaceAll("-", " ")} in ${where}`;
}
