import type { ExaminationKind } from "../domain/examination/examination.ts";
import { Fault } from "../domain/fault.ts";
import type { Instant } from "../domain/instant.ts";
import type { System } from "../domain/system/system.ts";
import type { House } from "../http/route/house.ts";
import { type ExaminePorts, examineWindow, separationIsDue } from "../service/sense/examine-window.ts";
import { usualReplayRows } from "../service/sense/replay-window.ts";
import { type ProbePorts, probesAreDue, runProbes } from "../service/sense/run-probes.ts";

export interface ExamineJobPorts {
  readonly house: House;
  readonly examining: ExaminePorts;
  readonly probing: ProbePorts;
}

/** Binds closer looks and probes to their services. */
export async function workExaminations({ house, examining, probing }: ExamineJobPorts): Promise<void> {
  const { jobs } = house;
  await jobs.work<{ system: string; what: ExaminationKind; at?: Instant; rows: number }>("examine", async (job) => {
    const { what, at, rows } = job.payload;
    const system = await systemOf(house, job.payload.system);
    await job.progress(what === "replay" ? "replaying rows" : "training classifiers");
    const order = { what, at: at ?? undefined, rows };
    const answer = await house.gate.shared(() => examineWindow(examining, system, order, job.signal));
    if (answer.kind === "refused") throw new Fault("examination-failed", { reason: answer.message });
    await jobs.send("sense", { system: system.name }, { singleton: system.name });
    return { rows: answer.report.rows };
  });
  await jobs.work<{ system: string }>("probe", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const outcome = await runProbes(probing, system);
    if (outcome.kind === "refused") throw new Fault("examination-failed", { reason: outcome.message });
    return { probes: outcome.run.results.length };
  });
}

/** Sends what is due: probes at their pace, and once a day a look at each system's newest window. */
export async function sendDueExaminations({ house, examining, probing }: ExamineJobPorts): Promise<void> {
  for (const { system } of await house.systems.list()) {
    const { name } = system;
    if (await probesAreDue(probing, system)) await house.jobs.send("probe", { system: name }, { singleton: name });
    if (await separationIsDue(examining, name))
      await house.jobs.send(
        "examine",
        { system: name, what: "separation", rows: usualReplayRows },
        { singleton: `${name} separation`, retryLimit: 0 },
      );
  }
}

async function systemOf(house: House, name: string): Promise<System> {
  const stored = await house.systems.get(name);
  if (stored === undefined)
    throw new Fault("control-store-failed", { reason: `the system ${name} is not declared any more` });
  return stored.system;
}
