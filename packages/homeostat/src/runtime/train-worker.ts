/// <reference path="./ydf.d.ts" />
/**
 * The thread in which forests are trained: `workerData` is a `TrainingTask`, one `TrainingReply` goes back.
 *
 * A thread of its own because the WebAssembly learner computes for seconds to minutes without a pause, can only be
 * stopped by ending its thread, and ends its "process" on an internal error, which in a worker is the thread alone.
 */
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import JSZip from "jszip";
import createYdfTraining, { type TrainedForest } from "ydf-training";
import { Fault, reasonOf } from "../domain/fault.ts";
import { invariant } from "../domain/invariant.ts";
import type { TrainingResult } from "../domain/model/model.ts";
import { containHooks } from "./contain-hooks.ts";
import { readTrainingTable, type TrainingFeature } from "./csv-columns.ts";
import { canonicalForest, digestOfForest, packForest, treeCountOf, unpackForest } from "./forest-archive.ts";

export interface TrainingTask {
  readonly csvPath: string;
  readonly labelColumn: string;
  readonly features: readonly TrainingFeature[];
  readonly artifactPath: string;
}

export type TrainingReply =
  | { readonly kind: "trained"; readonly result: TrainingResult }
  | { readonly kind: "failed"; readonly reason: string };

const logged: string[] = [];

async function train(task: TrainingTask): Promise<TrainingResult> {
  // `save` of the library looks for a global, as in a page.
  Object.assign(globalThis, { JSZip });
  const table = await readTrainingTable(task.csvPath, task.features, task.labelColumn);
  const log = (line: string): void => {
    logged.push(line);
  };
  const ydf = await containHooks(() => createYdfTraining({ print: log, printErr: log }));
  const startedMs = performance.now();
  const forest = new ydf.GradientBoostedTreesLearner(task.labelColumn, "CLASSIFICATION").train(table.columns);
  const trainingMs = performance.now() - startedMs;
  const files = await filesOf(forest);
  await writeDurably(task.artifactPath, await packForest(files));
  const description = forest.describe();
  forest.unload();
  return { artifactDigest: digestOfForest(files), trees: treeCountOf(files), trainingMs, description };
}

async function filesOf(forest: TrainedForest): ReturnType<typeof unpackForest> {
  const zip = await forest.save();
  return canonicalForest(await unpackForest(new Uint8Array(await zip.arrayBuffer())));
}

/** Whole or not at all: written aside, synchronised, renamed, and the folder synchronised. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.partial`;
  const file = await open(partial, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The library's own sentence; where it only ended, the last thing it said. */
function failureOf(thrown: unknown): string {
  if (thrown instanceof Fault) return String(thrown.detail.reason ?? thrown.message);
  const said = logged.filter((line) => /^[EF]\d{4} /.test(line)).at(-1);
  const reason = typeof thrown === "number" ? "the learner threw a native exception" : reasonOf(thrown);
  return said === undefined ? reason : `${reason} (${said.replace(/^.*?\] /, "")})`;
}

invariant(parentPort !== null, "the training worker runs in a thread of its own");
const port = parentPort;
let reply: TrainingReply;
try {
  reply = { kind: "trained", result: await train(workerData as TrainingTask) };
} catch (thrown) {
  reply = { kind: "failed", reason: failureOf(thrown) };
}
port.postMessage(reply);
