import { type HeldServing, holdWords } from "../domain/action/serving-hold.ts";
import { Fault, reasonOf } from "../domain/fault.ts";
import type { Clock, Instant } from "../domain/instant.ts";
import { invariant } from "../domain/invariant.ts";
import type { FeatureComputer, FeatureVector, InputRow, Pipeline } from "../domain/pipeline/pipeline.ts";
import type { Prediction } from "../domain/prediction/prediction.ts";
import type { System } from "../domain/system/system.ts";
import type { Served, ServedRelease } from "./served-release.ts";

/** One question, its id and time already settled. */
export interface Question {
  readonly id: string;
  readonly time: Instant;
  readonly inputs: InputRow;
  readonly cohort: string;
}

export interface PredictPorts {
  readonly features: FeatureComputer;
  readonly clock: Clock;
  /** The live release and, where there is one, the release before it, ready to score; and what holds the live one back. */
  served(system: System): Promise<Served>;
  /** Makes the log rows durable. */
  log(system: System, predictions: readonly Prediction[]): Promise<void>;
  /** Called when answers could not be logged: a gap that must stay visible. */
  onLogGap(system: string, rows: number, reason: string): void;
  /** Called when a step failed and a fallback took over. */
  onDegraded(system: string, reason: string): void;
  readonly environment: string;
}

export type Answered =
  | {
      readonly kind: "answered";
      readonly servedBy: "release" | "previous-release" | "constant";
      readonly release: string | undefined;
      /** Why the answer is not the live release's own, or not from the features as they came; undefined: it is. */
      readonly reason: string | undefined;
      readonly probabilities: readonly number[];
    }
  | { readonly kind: "refused"; readonly reason: "nothing-can-answer"; readonly message: string };

interface Scored {
  readonly servedBy: "release" | "previous-release" | "constant";
  readonly served: ServedRelease | undefined;
  readonly vectors: readonly FeatureVector[] | undefined;
  readonly probabilities: readonly number[];
  /** Features that were frozen, in words. */
  readonly frozen: readonly string[];
}

/**
 * Answers questions: features by the release's own pipeline, score by its model, log, answer. When a step fails the
 * declared fallbacks are tried in order and the answer says so. The answer waits for its log row to be durable (one
 * shared fsync), so that what was answered can be explained; a log that cannot be written never fails the answer, it
 * leaves a counted gap. Cost: one feature query and one scoring pass for the whole batch.
 */
export async function predict(
  ports: PredictPorts,
  system: System,
  questions: readonly Question[],
  caller: string,
): Promise<Answered> {
  const startedAt = ports.clock.now();
  const failures: string[] = [];
  const served = await releasesOf(ports, system, failures);
  const scored = await firstThatAnswers(ports, system, questions, served, failures);
  if (scored === undefined) {
    return {
      kind: "refused",
      reason: "nothing-can-answer",
      message: `no release and no fallback of ${system.name} can answer: ${failures.join("; ") || "there is no live release"}`,
    };
  }
  const failed = scored.servedBy === "release" && !isHeldBack(served) ? [] : failures;
  if (failed.length > 0 && !isHeldBack(served)) ports.onDegraded(system.name, failed.join("; "));
  const reason = [...failed, ...scored.frozen].join("; ") || undefined;
  const latencyMs = ports.clock.now() - startedAt;
  const rows = questions.map((question, index) =>
    predictionOf(ports, question, scored, index, { startedAt, latencyMs, caller }),
  );
  try {
    await ports.log(system, rows);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    ports.onLogGap(system.name, rows.length, reasonOf(thrown));
  }
  return {
    kind: "answered",
    servedBy: scored.servedBy,
    release: scored.served?.release.id,
    reason,
    probabilities: scored.probabilities,
  };
}

/** Which releases there are cannot be asked while the control store is down at the first question: a constant still answers. */
async function releasesOf(ports: PredictPorts, system: System, failures: string[]): Promise<Served> {
  try {
    return await ports.served(system);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    failures.push(reasonOf(thrown));
    return { live: undefined, previous: undefined, holds: [] };
  }
}

const isHeldBack = ({ holds }: Served): boolean => holds.some(({ what }) => what.kind === "fallback");

async function firstThatAnswers(
  ports: PredictPorts,
  system: System,
  questions: readonly Question[],
  { live, previous, holds }: Served,
  failures: string[],
): Promise<Scored | undefined> {
  const frozen = holds.flatMap((hold) => (hold.what.kind === "feature" ? [{ ...hold, what: hold.what }] : []));
  const attempt = async (
    servedBy: Scored["servedBy"],
    served: ServedRelease | undefined,
  ): Promise<Scored | undefined> => {
    if (served === undefined) {
      failures.push(servedBy === "release" ? "there is no live release" : "there is no previous release");
      return undefined;
    }
    try {
      const computed = await ports.features.compute(
        served.pipeline,
        questions.map((question) => question.inputs),
      );
      const vectors = frozenVectors(
        served.pipeline,
        computed,
        frozen.map(({ what }) => what),
      );
      const probabilities = served.model().score(vectors);
      return { servedBy, served, vectors, probabilities, frozen: frozen.map(holdWords) };
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      failures.push(failureText(served.release.id, thrown));
      return undefined;
    }
  };
  const back = holds.find(({ what }) => what.kind === "fallback");
  if (back !== undefined) failures.push(holdWords(back));
  const first = back === undefined ? await attempt("release", live) : undefined;
  if (first !== undefined) return first;
  for (const step of system.fallback) {
    const scored =
      step.kind === "previous-release"
        ? await attempt("previous-release", previous)
        : ({
            servedBy: "constant",
            served: undefined,
            vectors: undefined,
            probabilities: questions.map(() => step.probability),
            frozen: [],
          } as const);
    if (scored !== undefined) return scored;
  }
  // A release that is held back is still better than no answer, and the answer says so.
  return back === undefined ? undefined : attempt("release", live);
}

/** The vectors with the held values in place of what was computed: what the model sees, and what is logged. */
function frozenVectors(
  pipeline: Pipeline,
  vectors: readonly FeatureVector[],
  frozen: readonly Extract<HeldServing, { readonly kind: "feature" }>[],
): readonly FeatureVector[] {
  if (frozen.length === 0) return vectors;
  const values = pipeline.features.map(({ name }) => frozen.find(({ feature }) => feature === name)?.value);
  return vectors.map((vector) => vector.map((value, index) => values[index] ?? value));
}

function failureText(release: string, fault: Fault): string {
  return `${release}: ${reasonOf(fault)}`;
}

function predictionOf(
  ports: PredictPorts,
  question: Question,
  scored: Scored,
  index: number,
  context: { readonly startedAt: Instant; readonly latencyMs: number; readonly caller: string },
): Prediction {
  const probability = scored.probabilities[index];
  invariant(probability !== undefined, "every question is answered");
  return {
    id: question.id,
    time: question.time,
    receivedAt: context.startedAt,
    release: scored.served?.release.id ?? "",
    model: scored.served?.release.model ?? "",
    pipeline: scored.served?.pipeline.version ?? "",
    servedBy: scored.servedBy,
    environment: ports.environment,
    cohort: question.cohort,
    caller: context.caller,
    latencyMs: context.latencyMs,
    output: { kind: "probability", probability },
    inputs: question.inputs,
    vector: vectorOf(scored, index),
  };
}

function vectorOf(scored: Scored, index: number): Prediction["vector"] {
  const values = scored.vectors?.[index];
  return values === undefined || scored.served === undefined
    ? undefined
    : { features: scored.served.pipeline.features, values };
}
