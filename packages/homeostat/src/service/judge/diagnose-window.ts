import { settingsOf } from "../../domain/diagnosis/diagnosis-settings.ts";
import type { Diagnosis } from "../../domain/incident/diagnosis.ts";
import type { Instant } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import { type DiagnosisPorts, liveBaseline } from "./diagnose-incident.ts";
import { takeSteps } from "./take-steps.ts";

export type WindowDiagnosis =
  | { readonly kind: "diagnosed"; readonly diagnosis: Diagnosis }
  | { readonly kind: "refused"; readonly reason: "no-baseline" | "no-rows" };

/**
 * The seven steps on any stretch of event time, whether somebody was paged or not; nothing is stored. Findings of the
 * stretch are taken as they stand; without any, the steps look for slices that got worse and say what they find.
 */
export async function diagnoseWindow(
  ports: DiagnosisPorts,
  system: System,
  range: { readonly from: Instant; readonly to: Instant },
): Promise<WindowDiagnosis> {
  const live = await liveBaseline(ports, system);
  if (live === undefined) return { kind: "refused", reason: "no-baseline" };
  const { rows } = await ports.slices.serving(system, range);
  if (rows === 0) return { kind: "refused", reason: "no-rows" };
  const found = await ports.findings.list(system.name, range);
  const findings = found.filter(({ withdrawnAt }) => withdrawnAt === undefined);
  const diagnosis = await takeSteps(ports, { system, ...live, findings, range, settings: settingsOf(system) });
  return { kind: "diagnosed", diagnosis };
}
