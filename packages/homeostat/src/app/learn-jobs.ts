import type { ActionEvent } from "../domain/action/action-rule.ts";
import { Fault } from "../domain/fault.ts";
import type { System } from "../domain/system/system.ts";
import type { House } from "../http/route/house.ts";
import { takeActions } from "../service/act/take-actions.ts";
import { type RetrainOrder, retrainModel } from "../service/learn/retrain-model.ts";
import type { TrainingPorts } from "../service/learn/train-model.ts";
import type { WriteLog } from "./server-log.ts";

interface LearnJobPorts {
  readonly house: House;
  readonly training: TrainingPorts;
  readonly log: WriteLog;
}

/** Binds the jobs that act on incidents and learn from them. */
export async function workLearnJobs({ house, training, log }: LearnJobPorts): Promise<void> {
  const { jobs } = house;

  await jobs.work<{ incident: number; event: ActionEvent }>("act", async (job) => {
    const runs = await takeActions(house, job.payload.incident, job.payload.event);
    for (const { incident, action, deed, state, text } of runs)
      log({ level: "warn", part: "act", message: `incident ${incident}: ${action} (${deed.kind}) ${state}: ${text}` });
    return { runs: runs.length };
  });

  await jobs.work<{ system: string } & RetrainOrder>("retrain", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const ports = { ...house, datasets: house, training };
    return retrainModel(ports, system, job.payload, job.progress, job.signal);
  });
}

async function systemOf(house: House, name: string): Promise<System> {
  const stored = await house.systems.get(name);
  if (stored === undefined)
    throw new Fault("control-store-failed", { reason: `the system ${name} is not declared any more` });
  return stored.system;
}

/** Lets the rules of a system look at an incident; the same twice is once. */
export async function sendAct(house: Pick<House, "jobs">, incident: number, event: ActionEvent): Promise<void> {
  await house.jobs.send("act", { incident, event }, { singleton: `${event}-${incident}` });
}
