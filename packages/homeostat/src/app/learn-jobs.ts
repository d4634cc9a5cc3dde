import type { ActionEvent } from "../domain/action/action-rule.ts";
import { Fault } from "../domain/fault.ts";
import { dueMonth } from "../domain/review/review-month.ts";
import type { System } from "../domain/system/system.ts";
import type { House } from "../http/route/house.ts";
import { takeActions } from "../service/act/take-actions.ts";
import { type RetrainOrder, retrainModel } from "../service/learn/retrain-model.ts";
import { reviewSystem } from "../service/learn/review-system.ts";
import { sendReview } from "../service/learn/send-review.ts";
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

  await jobs.work<{ system: string; month: string }>("review", async ({ payload: { system: name, month } }) => {
    const system = await systemOf(house, name);
    const outcome = await reviewSystem(house, name, month, "schedule");
    if (outcome.kind === "refused") return { written: false };
    const told = await sendReview(house, system, outcome.review);
    log({ level: "info", part: "review", message: outcome.review.headline, detail: { told } });
    return { written: true, told };
  });
}

/** Sends for the review of the month that is over, where a system wants it and has none. */
export async function sendDueReviews(house: Pick<House, "systems" | "reviews" | "jobs" | "clock">): Promise<void> {
  for (const { system } of await house.systems.list()) {
    const { zone, monthly } = system.review ?? { zone: "UTC", monthly: true };
    if (!monthly) continue;
    const month = dueMonth(house.clock.now(), zone);
    const [first] = await house.systems.versions(system.name);
    if (first === undefined || first.appliedAt >= month.to) continue;
    if ((await house.reviews.get(system.name, month.name)) !== undefined) continue;
    const singleton = `${system.name}-${month.name}`;
    await house.jobs.send("review", { system: system.name, month: month.name }, { singleton });
  }
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
