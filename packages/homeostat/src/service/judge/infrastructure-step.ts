import type { SliceStore } from "../../domain/baseline/slice-store.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import type { StepResult } from "./step-taker.ts";

/** How serving went in the stretch and in the week of windows before it. */
export async function infrastructureStep(
  slices: SliceStore,
  { system, range }: Pick<DiagnosisScene, "system" | "range">,
): Promise<StepResult<undefined>> {
  const now = await slices.serving(system, range);
  const before = await slices.serving(system, { from: range.from - 7 * system.windows.lengthMs, to: range.from });
  if (now.rows === 0) return { value: undefined, status: "not-enough-data", verdict: "no rows" };
  const latency =
    now.latencyP95Ms === undefined
      ? "latency not reported"
      : `95 % of answers within ${now.latencyP95Ms.toFixed(0)} ms${before.latencyP95Ms === undefined ? "" : ` (${before.latencyP95Ms.toFixed(0)} ms in the week before)`}`;
  const usual = <T>(value: T): T | undefined => (before.rows === 0 ? undefined : value);
  return {
    value: undefined,
    status: "done",
    verdict: `${(now.degradedShare * 100).toFixed(1)} % answered by a fallback; ${latency}`,
    evidence: [
      { name: "share answered by a fallback", value: now.degradedShare, usual: usual(before.degradedShare) },
      { name: "95th percentile of latency in ms", value: now.latencyP95Ms, usual: before.latencyP95Ms },
      { name: "rows", value: now.rows },
    ],
  };
}
