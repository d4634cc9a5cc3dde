import type { Baseline, BaselineStore } from "../../domain/baseline/baseline.ts";
import { settingsOf } from "../../domain/diagnosis/diagnosis-settings.ts";
import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import type { Diagnosis } from "../../domain/incident/diagnosis.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { Instant } from "../../domain/instant.ts";
import { seriesText } from "../../domain/monitor/verdict.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import { contractRange, diagnoseByContract } from "./diagnose-by-contract.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import { type StepPorts, takeSteps } from "./take-steps.ts";

export interface DiagnosisPorts extends StepPorts {
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
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
  const incident = await ports.incidents.get(number);
  if (incident === undefined) return { kind: "refused", reason: "unknown-incident" };
  const findings = (await ports.findings.byIds(incident.findingIds)).filter(
    (finding) => finding.withdrawnAt === undefined,
  );
  const live = await liveBaseline(ports, system);
  if (live === undefined) {
    if (findings.some((finding) => finding.monitor !== "contract")) return { kind: "refused", reason: "no-baseline" };
    const range = contractRange(system, incident, findings);
    const scene = { system, range, findings, settings: settingsOf(system) };
    return keep(ports, number, await diagnoseByContract(ports, scene), scene.range.from);
  }
  const scene = await sceneOf(ports, live, system, incident, findings);
  return keep(ports, number, await takeSteps(ports, scene), scene.range.from);
}

/** The live release with its baseline; undefined while there is none. */
export async function liveBaseline(
  ports: Pick<DiagnosisPorts, "releases" | "baselines">,
  system: System,
): Promise<{ readonly release: Release; readonly baseline: Baseline } | undefined> {
  const release = await ports.releases.live(system.name);
  if (release?.baseline === undefined) return undefined;
  const baseline = await ports.baselines.get(system.name, release.baseline);
  return baseline === undefined ? undefined : { release, baseline };
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
  live: { readonly release: Release; readonly baseline: Baseline },
  system: System,
  incident: Incident,
  findings: readonly Finding[],
): Promise<DiagnosisScene> {
  const length = system.windows.lengthMs;
  const starts = findings.map((finding) => finding.window.start);
  const first = Math.min(incident.detectedAtEventTime - length, ...starts);
  const newestEnd = Math.max(incident.detectedAtEventTime, ...starts.map((start) => start + length));
  const streak = await openingStreak(ports, live.release.id, system, findings, first);
  const range = { from: first - (streak - 1) * length, to: newestEnd };
  return { system, ...live, findings, range, settings: settingsOf(system) };
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
