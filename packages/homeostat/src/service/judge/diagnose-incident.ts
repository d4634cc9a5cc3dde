import type { Baseline, BaselineStore } from "../../domain/baseline/baseline.ts";
import type { SliceStore } from "../../domain/baseline/slice-store.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import { findSlice, type Lead, sliceWords } from "../../domain/diagnosis/find-slice.ts";
import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import type { Diagnosis, SliceEvidence, Suspect } from "../../domain/incident/diagnosis.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { type SeriesVerdict, seriesText, type VerdictStore } from "../../domain/monitor/verdict.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import { auditSlice, type SliceAudit } from "./audit-slice.ts";
import { contractRange, diagnoseByContract, promiseWords } from "./diagnose-by-contract.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import { infrastructureStep } from "./infrastructure-step.ts";
import { type StepResult, stepTaker } from "./step-taker.ts";
import { causeWords, traceUpstream } from "./trace-upstream.ts";

export interface DiagnosisPorts {
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly verdicts: VerdictStore;
  readonly slices: SliceStore;
  readonly windows: WindowStore;
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
  readonly changes: ChangeStore;
  readonly lineage: LineageStore;
  readonly clock: Clock;
}

export type DiagnosisOutcome =
  | { readonly kind: "diagnosed"; readonly incident: Incident }
  | { readonly kind: "refused"; readonly reason: "unknown-incident" | "no-baseline" };

/**
 * Runs the steps of a diagnosis on an incident and stores what each found with its numbers. It may run again when more
 * findings arrive; the newest diagnosis stands. Cost: a few dozen counting queries on the incident's rows.
 */
export async function diagnoseIncident(
  ports: DiagnosisPorts,
  system: System,
  number: number,
): Promise<DiagnosisOutcome> {
  const startedAt = ports.clock.now();
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return { kind: "refused", reason: "unknown-incident" };
  const release = await ports.releases.live(system.name);
  const baseline =
    release?.baseline === undefined ? undefined : await ports.baselines.get(system.name, release.baseline);
  const findings = (await ports.findings.byIds(incident.findingIds)).filter(
    (finding) => finding.withdrawnAt === undefined,
  );
  if (release === undefined || baseline === undefined) {
    if (findings.some((finding) => finding.monitor !== "contract")) return { kind: "refused", reason: "no-baseline" };
    const scene = { system, range: contractRange(system, incident, findings), findings };
    return keep(ports, number, await diagnoseByContract(ports, scene), scene.range.from);
  }
  const scene = await sceneOf(ports, release.id, system, baseline, incident, findings);
  const steps = stepTaker(ports.clock);

  const newest = newestFindings(findings);
  const lead = await steps.take(4, "slice by every declared segment", async () => {
    const found = findSlice(newest, await newestVolumes(ports, scene, release.id)).leads[0];
    return {
      value: found,
      status: found === undefined ? "not-enough-data" : "done",
      verdict: found === undefined ? "no finding stands any more" : `${sliceWords(found.slice)}: ${found.how}`,
    };
  });
  const audit = await steps.take(5, "PSI of every feature on the slice", async () => {
    const value = await auditSlice(ports.slices, scene, lead?.slice);
    const top = value.features[0];
    const verdict =
      top === undefined
        ? "nothing to compare"
        : `${top.feature} moved most: PSI ${top.psi.toFixed(2)} (chance and ordinary variation give ${top.expectedByChance.toFixed(3)})`;
    return { value, status: top === undefined ? "not-enough-data" : "done", verdict };
  });
  await steps.take(1, "business and model metric first", async () => metricStep(scene, audit.slice));
  await steps.take(2, "infrastructure, briefly", () => infrastructureStep(ports, scene));
  await steps.take(3, "distrust the global number", async () => globalStep(audit.slice, lead));
  const traced = await steps.take(6, "trace upstream", async () => {
    const value = await traceUpstream(ports, scene, lead, audit);
    return {
      value,
      status: value.suspects.length === 0 ? "not-enough-data" : "done",
      verdict: causeWords(value.named),
    };
  });
  await steps.take(7, "propose the fix and check it by shadow scoring", async () => ({
    value: undefined,
    status: "not-checked",
    verdict: "shadow scoring of a fix is not built yet",
  }));

  const sentence = sentenceOf(lead, audit, traced.named);
  const completedAt = ports.clock.now();
  const diagnosis: Diagnosis = {
    completedAt,
    tookMs: completedAt - startedAt,
    sentence,
    steps: steps.taken().sort((left, right) => left.step - right.step),
    slice: audit.slice,
    otherSlices: [],
    features: audit.features,
    suspects: traced.suspects,
    namedCause: traced.named,
  };
  return keep(ports, number, diagnosis, scene.range.from);
}

async function keep(
  ports: DiagnosisPorts,
  number: number,
  diagnosis: Diagnosis,
  since: Instant,
): Promise<DiagnosisOutcome> {
  const { sentence, completedAt } = diagnosis;
  const changed = await ports.incidents.change(
    number,
    { diagnosis, title: sentence, since },
    { at: completedAt, kind: "diagnosed", text: sentence, actor: undefined },
  );
  return changed === undefined
    ? { kind: "refused", reason: "unknown-incident" }
    : { kind: "diagnosed", incident: changed };
}

/**
 * The trouble began with the first window of the streak that became a finding: a finding in window w after a streak of
 * k windows began in w − k + 1.
 */
async function sceneOf(
  ports: DiagnosisPorts,
  release: string,
  system: System,
  baseline: Baseline,
  incident: Incident,
  findings: readonly Finding[],
): Promise<DiagnosisScene> {
  const length = system.windows.lengthMs;
  const starts = findings.map((finding) => finding.window.start);
  const first = Math.min(incident.detectedAtEventTime - length, ...starts);
  const newestEnd = Math.max(incident.detectedAtEventTime, ...starts.map((start) => start + length));
  const streak = await openingStreak(ports, release, system, findings, first);
  return { system, baseline, incident, findings, range: { from: first - (streak - 1) * length, to: newestEnd } };
}

/** The longest streak among the series that became findings in the incident's first window. */
async function openingStreak(
  ports: DiagnosisPorts,
  release: string,
  system: System,
  findings: readonly Finding[],
  first: Instant,
): Promise<number> {
  const [record] = await ports.windows.list(system.name, { from: first, to: first + system.windows.lengthMs });
  if (record === undefined || record.profileVersion === 0) return 1;
  const streaks = await ports.verdicts.streaks(system.name, release, record, record.profileVersion);
  const opening = findings.filter((finding) => finding.window.start === first);
  return Math.max(1, ...opening.map((finding) => streaks.get(seriesText(finding)) ?? 1));
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
  ports: DiagnosisPorts,
  scene: DiagnosisScene,
  release: string,
): Promise<readonly SeriesVerdict[]> {
  const length = scene.system.windows.lengthMs;
  const windows = await ports.windows.list(scene.system.name, { from: scene.range.to - length, to: scene.range.to });
  const verdicts = await ports.verdicts.list({
    system: scene.system.name,
    release,
    monitor: "volume",
    segment: "*",
    windows: windows.filter((record) => record.profileVersion > 0),
  });
  return verdicts.map(({ verdict }) => verdict);
}

async function metricStep(
  { system }: DiagnosisScene,
  slice: SliceEvidence | undefined,
): Promise<StepResult<undefined>> {
  if (system.task.type !== "binary-classification")
    return {
      value: undefined,
      status: "not-checked",
      verdict: `the slice's own metric is computed for binary classification only; performance by segment shows it for ${system.task.type}`,
    };
  if (slice?.auc === undefined || slice.baselineAuc === undefined)
    return {
      value: undefined,
      status: "waiting-for-labels",
      verdict: "outcomes of the slice have not arrived; no business metric is declared",
    };
  const drop = slice.baselineAuc - slice.auc;
  return {
    value: undefined,
    status: "done",
    verdict: `AUC of the slice ${slice.baselineAuc.toFixed(3)} → ${slice.auc.toFixed(3)} (${drop >= 0.02 ? "the model's answers got worse" : "the model's answers hold"}); no business metric is declared`,
  };
}

function globalStep(slice: SliceEvidence | undefined, lead: Lead | undefined): StepResult<undefined> {
  if (slice === undefined || lead?.slice === undefined)
    return { value: undefined, status: "done", verdict: "the finding concerns all rows" };
  const auc =
    slice.globalAuc === undefined || slice.globalBaselineAuc === undefined
      ? ""
      : `; global AUC ${slice.globalBaselineAuc.toFixed(3)} → ${slice.globalAuc.toFixed(3)}`;
  const psi =
    slice.globalPsi === undefined || slice.slicePsi === undefined
      ? ""
      : `global PSI ${slice.globalPsi.toFixed(3)} against ${slice.slicePsi.toFixed(2)} on the slice`;
  return {
    value: undefined,
    status: "done",
    verdict: `the slice is ${(slice.share * 100).toFixed(1)} % of the rows: ${psi}${auc}`,
  };
}

function sentenceOf(lead: Lead | undefined, audit: SliceAudit, named: Suspect | undefined): string {
  if (lead === undefined) return "The findings were withdrawn: nothing stands any more";
  const where = sliceWords(lead.slice);
  const cause =
    named?.change === undefined
      ? "no logged change explains it"
      : `most likely "${named.change.title}" on ${named.change.component}`;
  return `${whatHappened(lead, audit, where)}; ${cause}`;
}

function whatHappened(lead: Lead, audit: SliceAudit, where: string): string {
  const { finding } = lead;
  if (finding.monitor === "contract") return promiseWords(finding);
  if (finding.monitor === "null-rate")
    return `\`${finding.feature}\` arrives missing${lead.slice === undefined ? "" : ` where it was ${where}`}`;
  if (finding.metric === "unseen")
    return `\`${finding.feature}\` arrives with unseen values${
      finding.values.length === 0
        ? ""
        : ` (${finding.values
            .slice(0, 3)
            .map((entry) => entry.value)
            .join(", ")})`
    }${lead.slice === undefined ? "" : ` where it was ${where}`}`;
  if (finding.feature !== undefined) {
    const feature = audit.features.find((candidate) => candidate.feature === finding.feature);
    return `\`${finding.feature}\` moved in ${where}${feature === undefined ? "" : ` (PSI ${feature.psi.toFixed(2)})`}`;
  }
  return `${finding.monitor.replaceAll("-", " ")} in ${where}`;
}
