import type { Clock } from "../../domain/instant.ts";
import type { InputRow } from "../../domain/pipeline/pipeline.ts";
import type { ProbeRun, ProbeStore } from "../../domain/probe/probe.ts";
import type { System } from "../../domain/system/system.ts";

/** How the gateway answers rows, without writing them into the log: probes are no traffic. */
type AskGateway = (
  system: System,
  rows: readonly InputRow[],
) => Promise<
  | {
      readonly kind: "answered";
      readonly servedBy: ProbeRun["servedBy"];
      readonly release: string | undefined;
      readonly probabilities: readonly number[];
    }
  | { readonly kind: "refused"; readonly message: string }
>;

export interface ProbePorts {
  readonly ask: AskGateway;
  readonly probes: ProbeStore;
  readonly clock: Clock;
}

export type ProbeOutcome =
  | { readonly kind: "probed"; readonly run: ProbeRun }
  | { readonly kind: "refused"; readonly reason: "no-probes" | "nothing-answers"; readonly message: string };

/**
 * Sends every declared probe through the gateway as often as declared, one question after the other, so that nothing is
 * answered alike because it was asked in one batch, and keeps every answer.
 */
export async function runProbes(ports: ProbePorts, system: System): Promise<ProbeOutcome> {
  const { probes: plan } = system;
  if (plan === undefined) return { kind: "refused", reason: "no-probes", message: `${system.name} declares no probes` };
  const at = ports.clock.now();
  const answers = new Map(plan.probes.map(({ name }) => [name, [] as number[]]));
  let served: Pick<ProbeRun, "servedBy" | "release"> | undefined;
  for (let round = 0; round < plan.repeats; round++) {
    for (const { name, inputs } of plan.probes) {
      const answer = await ports.ask(system, [inputs]);
      if (answer.kind === "refused") return { kind: "refused", reason: "nothing-answers", message: answer.message };
      answers.get(name)?.push(...answer.probabilities);
      served = worse(served, answer);
    }
  }
  const run: ProbeRun = {
    system: system.name,
    at,
    release: served?.release,
    servedBy: served?.servedBy ?? "release",
    repeats: plan.repeats,
    results: [...answers].map(([probe, list]) => ({ probe, answers: list })),
  };
  await ports.probes.record(run);
  return { kind: "probed", run };
}

/** A run in which a fallback answered once says nothing of the release. */
function worse(
  before: Pick<ProbeRun, "servedBy" | "release"> | undefined,
  answer: Pick<ProbeRun, "servedBy" | "release">,
): Pick<ProbeRun, "servedBy" | "release"> {
  return before === undefined || before.servedBy === "release" ? answer : before;
}

/** Whether a system's probes are due: declared with a pace, and the last run longer ago than it. */
export async function probesAreDue({ probes, clock }: Omit<ProbePorts, "ask">, system: System): Promise<boolean> {
  const everyMs = system.probes?.everyMs;
  if (everyMs === undefined) return false;
  const [last] = await probes.list(system.name, {}, 1);
  return last === undefined || clock.now() - last.at >= everyMs;
}
