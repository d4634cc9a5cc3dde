import type { ActionStore } from "../../domain/action/action-run.ts";
import type { Cancellation } from "../../domain/cancellation.ts";
import { Fault } from "../../domain/fault.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { Clock } from "../../domain/instant.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { System } from "../../domain/system/system.ts";
import { type DatasetPorts, makeDataset } from "./make-dataset.ts";
import { type TrainingPorts, trainModel } from "./train-model.ts";

export interface RetrainPorts {
  readonly events: Pick<EventStore, "frontier">;
  readonly datasets: DatasetPorts;
  readonly training: TrainingPorts;
  readonly incidents: IncidentStore;
  readonly actions: ActionStore;
  readonly clock: Clock;
}

/** What a rule asks for: labelled rows of so long, the newest of them held out. */
export interface RetrainOrder {
  readonly incident: number;
  readonly action: string;
  readonly timeField: string;
  readonly rowsOfMs: number;
  readonly heldOutMs: number;
  readonly maxTrainingRows: number;
}

/**
 * Makes a dataset of the newest labelled rows and trains on it, because of an incident. Nothing goes live: whether the
 * model is better is for somebody to look at. What came of it stands in the incident's timeline.
 * @throws Fault `training-failed` when there is nothing to train on.
 */
export async function retrainModel(
  ports: RetrainPorts,
  system: System,
  order: RetrainOrder,
  progress: (step: string, share?: number) => Promise<void>,
  cancellation: Cancellation,
): Promise<{ readonly dataset: string; readonly model: string }> {
  const by = `action ${order.action}`;
  const told = async (text: string): Promise<void> => {
    const at = ports.clock.now();
    await ports.incidents.change(
      order.incident,
      {},
      { at, kind: "action", text: `${order.action}: ${text}`, actor: by },
    );
    await ports.actions.change(order, "done", { text, changedAt: at });
  };
  try {
    const frontier = await ports.events.frontier(system);
    if (frontier === undefined) throw new Fault("training-failed", { reason: `${system.name} has no predictions yet` });
    const until = frontier.eventTime + 1;
    const query = {
      since: until - order.rowsOfMs,
      until,
      where: undefined,
      labelledOnly: true,
      receivedUntil: ports.clock.now(),
    };
    const made = await makeDataset(ports.datasets, system, { kind: "predictions", query }, by, progress);
    if (made.kind === "refused") throw new Fault("training-failed", { reason: made.message });
    const { digest } = made.dataset;
    const split = {
      timeField: order.timeField,
      heldOutFrom: until - order.heldOutMs,
      maxTrainingRows: order.maxTrainingRows,
    };
    const trained = await trainModel(
      ports.training,
      system,
      { dataset: digest, split, actor: by },
      progress,
      cancellation,
    );
    if (trained.kind === "refused") throw new Fault("training-failed", { reason: trained.message });
    const { version, heldOut } = trained.model;
    await told(
      `trained the model ${version} on ${trained.model.trainedRows} rows (AUC ${heldOut.auc.value.toFixed(3)} on ${trained.model.heldOutRows} rows held out); nothing went live`,
    );
    return { dataset: digest, model: version };
  } catch (thrown) {
    if (thrown instanceof Fault) await told(`the training failed: ${String(thrown.detail.reason ?? thrown.message)}`);
    throw thrown;
  }
}
