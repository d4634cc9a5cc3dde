import { Fault } from "../domain/fault.ts";
import type { Page } from "../domain/oncall/escalation.ts";
import type { System } from "../domain/system/system.ts";
import type { Window } from "../domain/window/window.ts";
import type { House } from "../http/route/house.ts";
import type { EventSender } from "../notify/openlineage/create-event-sender.ts";
import { type DeliverPorts, deliverDue } from "../service/act/deliver.ts";
import { type EscalatePorts, escalateIncident } from "../service/act/escalate-incident.ts";
import { hearWithdrawn } from "../service/act/hear-withdrawn.ts";
import { liftWhenOver } from "../service/act/lift-holds.ts";
import { type PagePorts, sendPage } from "../service/act/send-page.ts";
import { type DiagnosisPorts, diagnoseIncident } from "../service/judge/diagnose-incident.ts";
import { type JudgePorts, judgeWindow } from "../service/judge/judge-window.ts";
import { retainRows } from "../service/keep/retain-rows.ts";
import { freezeReceived } from "../service/learn/freeze-received.ts";
import { type DatasetOrder, makeDataset } from "../service/learn/make-dataset.ts";
import { makeRelease, type ReleasePorts } from "../service/learn/make-release.ts";
import { type TrainingOrder, type TrainingPorts, trainModel } from "../service/learn/train-model.ts";
import { checkDueContracts } from "../service/sense/check-contracts.ts";
import type { SloWatch } from "../service/sense/check-slos.ts";
import type { EvaluatedWindow, Senses } from "../service/sense/evaluate-due-windows.ts";
import type { ExaminePorts } from "../service/sense/examine-window.ts";
import type { ProbePorts } from "../service/sense/run-probes.ts";
import { type BackupPorts, backUp } from "./back-up.ts";
import { workExaminations } from "./examine-jobs.ts";
import { sendAct, workLearnJobs } from "./learn-jobs.ts";
import type { WriteLog } from "./server-log.ts";

export interface JobPorts {
  readonly house: House;
  readonly training: TrainingPorts;
  readonly releasing: ReleasePorts;
  readonly judging: JudgePorts;
  readonly diagnosing: DiagnosisPorts;
  readonly escalating: EscalatePorts;
  readonly paging: PagePorts;
  readonly delivering: DeliverPorts;
  /** undefined: nobody is told of our own runs. */
  readonly lineageSender: EventSender | undefined;
  readonly senses: Senses;
  readonly sloWatch: SloWatch;
  readonly examining: ExaminePorts;
  readonly probing: ProbePorts;
  readonly backup: BackupPorts;
  readonly log: WriteLog;
}

/** Binds every kind of durable job to the service that does it. */
export async function workJobs(ports: JobPorts): Promise<void> {
  const { house, log } = ports;
  const { jobs } = house;
  await workLearnJobs(ports);

  await jobs.work<{ system: string } & TrainingOrder>("train", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const outcome = await trainModel(ports.training, system, job.payload, job.progress, job.signal);
    if (outcome.kind === "refused") throw new Fault("training-failed", { reason: outcome.message });
    return { model: outcome.model.version };
  });

  await jobs.work<{ system: string; model: string; note: string; actor: string }>("release", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const outcome = await house.gate.shared(() => makeRelease(ports.releasing, system, job.payload, job.progress));
    if (outcome.kind === "refused") throw new Fault("release-failed", { reason: outcome.message });
    house.releaseChanged(system.name);
    return { release: outcome.release.id, baseline: outcome.baseline.id, rows: outcome.baseline.rows };
  });

  await jobs.work<{ system: string; release: string; from: number; to: number; actor: string }>(
    "baseline",
    async (job) => {
      const system = await systemOf(house, job.payload.system);
      const outcome = await house.gate.shared(() => freezeReceived(ports.releasing, system, job.payload, job.progress));
      if (outcome.kind === "refused") throw new Fault("release-failed", { reason: outcome.message });
      return { release: outcome.release.id, baseline: outcome.baseline.id, rows: outcome.baseline.rows };
    },
  );

  await jobs.work<{ system: string; order: DatasetOrder; by: string }>("dataset", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const outcome = await makeDataset(house, system, job.payload.order, job.payload.by, job.progress);
    if (outcome.kind === "refused") throw new Fault("dataset-failed", { reason: outcome.message });
    return { dataset: outcome.dataset.digest, rows: outcome.dataset.rows };
  });

  await jobs.work<{ system: string; dataset: string }>("verify", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const dataset = await house.datasets.get(system.name, job.payload.dataset);
    if (dataset === undefined) throw new Fault("dataset-failed", { reason: `there is no ${job.payload.dataset}` });
    return house.shelf.verify(system, dataset, job.progress);
  });

  await jobs.work<{ system: string }>("sense", async (job) => {
    const system = await systemOf(house, job.payload.system);
    const judge = async ({
      window,
      findings,
    }: Pick<EvaluatedWindow, "findings"> & { window: Window }): Promise<void> => {
      const incident = await judgeWindow(ports.judging, system, window, findings);
      if (incident === undefined) return;
      await sendAct(house, incident.number, "incident.opened");
      log({ level: "warn", part: "judge", message: `incident ${incident.number}: ${incident.title}` });
    };
    // Between the reading of a window's touches and its settling: no row can be missed by the objectives.
    const tell = async (evaluated: EvaluatedWindow): Promise<void> => {
      await ports.sloWatch.recount(system, evaluated.window);
      await judge(evaluated);
    };
    return house.gate.shared(async () => {
      const checked = await checkDueContracts(house, system, judge, job.signal);
      const evaluated = await ports.senses.evaluateDue(system, tell, job.signal);
      await ports.sloWatch.check(system, judge, job.signal);
      await hearWithdrawn(house, system);
      return { checked, evaluated };
    });
  });

  await workExaminations(ports);

  await jobs.work<{ system: string }>("retain", async (job) => {
    const retirement = await retainRows(house, await systemOf(house, job.payload.system));
    if (retirement === undefined) return { dropped: 0 };
    log({
      level: "info",
      part: "retention",
      message: `${retirement.system}: old rows were dropped`,
      detail: retirement,
    });
    return { dropped: retirement.predictions };
  });

  await jobs.work<{ directory: string }>("backup", (job) => backUp(ports.backup, job.payload.directory, job.progress));

  await jobs.work<{ incident: number }>("diagnose", async (job) => {
    const incident = await house.incidents.get(job.payload.incident);
    if (incident === undefined) return { diagnosed: false };
    const system = await systemOf(house, incident.system);
    try {
      const outcome = await diagnoseIncident(ports.diagnosing, system, incident.number);
      if (outcome.kind === "diagnosed") await sendAct(house, incident.number, "incident.diagnosed");
      return { diagnosed: outcome.kind === "diagnosed" };
    } finally {
      // A page that says less is better than no page.
      await house.announce(incident.number);
    }
  });

  await jobs.work<{ event: object }>("lineage", async (job) => {
    if (ports.lineageSender === undefined) return { sent: false };
    try {
      await ports.lineageSender.send(job.payload.event);
      return { sent: true };
    } catch (thrown) {
      if (!(thrown instanceof Fault) || thrown.retryable) throw thrown;
      log({ level: "error", part: "lineage", message: thrown.message });
      return { sent: false };
    }
  });

  await jobs.work<{ incident: number }>("escalate", async ({ payload: { incident } }) => {
    await liftWhenOver(house, incident);
    await escalateIncident(ports.escalating, incident);
  });

  // A job of before there was escalation names no page.
  await jobs.work<{ incident: number; page?: Page }>("notify", async ({ payload: { incident, page } }) => {
    if (page === undefined) await house.announce(incident);
    else await sendPage(ports.paging, incident, page);
  });

  await jobs.work<{ channel: string }>("deliver", (job) =>
    deliverDue(ports.delivering, job.payload.channel, job.signal),
  );
}

async function systemOf(house: House, name: string): Promise<System> {
  const stored = await house.systems.get(name);
  if (stored === undefined)
    throw new Fault("control-store-failed", { reason: `the system ${name} is not declared any more` });
  return stored.system;
}
