/// <reference path="./ydf.d.ts" />
/**
 * The thread in which rows are told apart: `workerData` is a `ClassifierRequest`, one `SeparationReply` goes back. A
 * thread of its own for the reasons of `train-worker.ts`.
 */
import { parentPort, workerData } from "node:worker_threads";
import createYdfTraining, { type TrainingColumns, type YdfTraining } from "ydf-training";
import type { ClassifierRequest, ClassifierScores } from "../domain/examination/separation.ts";
import { reasonOf } from "../domain/fault.ts";
import { invariant } from "../domain/invariant.ts";
import type { FeatureVector } from "../domain/pipeline/pipeline.ts";
import { containHooks } from "./contain-hooks.ts";

export type SeparationReply =
  | { readonly kind: "scored"; readonly scores: readonly ClassifierScores[] }
  | { readonly kind: "failed"; readonly reason: string };

type Problem = ClassifierRequest["problems"][number];
type Columns = Record<string, (number | string)[]>;

const label = "#window";

async function scoreAll({ features, problems }: ClassifierRequest): Promise<readonly ClassifierScores[]> {
  const silent = (): void => {};
  const ydf = await containHooks(() => createYdfTraining({ print: silent, printErr: silent }));
  return problems.map((problem) => scoreOne(ydf, features, problem));
}

function scoreOne(ydf: YdfTraining, features: ClassifierRequest["features"], problem: Problem): ClassifierScores {
  const scores = new Array<number>(problem.rows.length).fill(Number.NaN);
  const shuffled =
    problem.shuffle === undefined ? [] : features.map(() => new Array<number>(scores.length).fill(Number.NaN));
  for (const fold of [0, 1] as const) {
    const inside = problem.rows.flatMap((_, index) => (problem.fold[index] === fold ? [index] : []));
    const outside = problem.rows.flatMap((_, index) => (problem.fold[index] === fold ? [] : [index]));
    const training: Columns = columnsOf(
      features,
      outside.map((index) => problem.rows[index] ?? []),
    );
    training[label] = outside.map((index) => String(problem.ofWindow[index]));
    const forest = new ydf.GradientBoostedTreesLearner(label, "CLASSIFICATION").train(training as TrainingColumns);
    try {
      const second = forest.getLabelClasses()[1] === "true";
      const predict = (rows: readonly FeatureVector[]): readonly number[] =>
        forest.predict(askedOf(features, rows)).map((chance) => (second ? chance : 1 - chance));
      place(scores, inside, predict(inside.map((index) => problem.rows[index] ?? [])));
      shuffled.forEach((list, feature) => {
        const rows = inside.map((index) => withValueOf(problem, index, feature));
        place(list, inside, predict(rows));
      });
    } finally {
      forest.unload();
    }
  }
  return { scores, shuffled };
}

function place(scores: number[], indexes: readonly number[], values: readonly number[]): void {
  indexes.forEach((index, position) => {
    scores[index] = values[position] ?? Number.NaN;
  });
}

function withValueOf({ rows, shuffle }: Problem, index: number, feature: number): FeatureVector {
  const partner = rows[shuffle?.[index] ?? index];
  return (rows[index] ?? []).map((value, at) => (at === feature ? (partner?.[at] ?? null) : value));
}

/** Missing values as the trainer takes them: NaN and the empty text. */
function columnsOf(features: ClassifierRequest["features"], rows: readonly FeatureVector[]): Columns {
  return Object.fromEntries(
    features.map(({ name, type }, at) => [
      name,
      rows.map((row) => (type === "number" ? Number(row[at] ?? Number.NaN) : String(row[at] ?? ""))),
    ]),
  );
}

/** Missing values as the forest takes them: null. */
function askedOf(
  features: ClassifierRequest["features"],
  rows: readonly FeatureVector[],
): Record<string, (number | string | null)[]> {
  return Object.fromEntries(features.map(({ name }, at) => [name, rows.map((row) => row[at] ?? null)]));
}

invariant(parentPort !== null, "the separation worker runs in a thread of its own");
const port = parentPort;
let reply: SeparationReply;
try {
  reply = { kind: "scored", scores: await scoreAll(workerData as ClassifierRequest) };
} catch (thrown) {
  reply = {
    kind: "failed",
    reason: typeof thrown === "number" ? "the learner threw a native exception" : reasonOf(thrown),
  };
}
port.postMessage(reply);
