import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Cancellation } from "../domain/cancellation.ts";
import { Fault, reasonOf } from "../domain/fault.ts";
import type { Trainer, TrainingRequest, TrainingResult } from "../domain/model/model.ts";
import type { TrainingReply, TrainingTask } from "./train-worker.ts";

/**
 * Trains gradient boosted trees for a yes/no label with YDF (Yggdrasil Decision Forests, compiled to WebAssembly).
 *
 * The label column holds `true` and `false`; the positive class is `true`. The learner runs with its defaults (up to
 * 300 trees of depth 6, shrinkage 0.1, a tenth of the rows held out to stop early): its JavaScript door takes neither
 * options nor a seed. Same rows in the same order give the same forest and the same digest.
 * Every training is a worker thread of its own; aborting the signal ends the thread within milliseconds.
 * Cost: measured 10 s and 140 MB for 200,000 rows with two 220-value categories on one core. Categories seen fewer than
 * five times, and all beyond the 2,000 most frequent, count as one unknown value; a missing number counts as the mean of
 * the training rows, so a feature whose absence matters needs a feature that says so.
 * Source: Guillame-Bert et al., "Yggdrasil Decision Forests", KDD 2023.
 */
export function createForestTrainer(): Trainer {
  const { version } = createRequire(import.meta.url)("ydf-training/package.json") as { version: string };
  return { identity: `ydf-gradient-boosted-trees/${version}`, train };
}

async function train(request: TrainingRequest, signal: Cancellation): Promise<TrainingResult> {
  if (signal.aborted) throw stopped();
  const task: TrainingTask = {
    csvPath: request.csvPath,
    labelColumn: request.labelColumn,
    features: request.features.map(({ name, type }) => ({ name, type })),
    artifactPath: request.artifactPath,
  };
  // The learner reports progress to the console; `stdout` and `stderr` keep that inside the worker.
  const worker = new Worker(workerUrl(), { workerData: task, stdout: true, stderr: true, execArgv: [] });
  try {
    const reply = await replyOf(worker, signal);
    if (reply.kind === "failed") throw new Fault("training-failed", { reason: reply.reason });
    return reply.result;
  } finally {
    await worker.terminate();
    await rm(`${request.artifactPath}.partial`, { force: true });
  }
}

function replyOf(worker: Worker, signal: Cancellation): Promise<TrainingReply> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(stopped());
    signal.addEventListener("abort", onAbort, { once: true });
    worker.once("message", resolve);
    worker.once("error", (cause) => reject(new Fault("training-failed", { reason: reasonOf(cause) }, cause)));
    worker.once("exit", (code) => {
      signal.removeEventListener("abort", onAbort);
      reject(new Fault("training-failed", { reason: `the training thread ended early with code ${code}` }));
    });
  });
}

function stopped(): Fault {
  return new Fault("training-failed", { reason: "stopped before it was done" });
}

/** A worker cannot run TypeScript: beside this file when compiled, in `dist` when this file runs from source. */
function workerUrl(): URL {
  const compiled = import.meta.url.endsWith(".js");
  return new URL(compiled ? "./train-worker.js" : "../../dist/runtime/train-worker.js", import.meta.url);
}
