import { describe, expect, it } from "vitest";
import { Fault } from "../domain/fault.ts";
import type { LoadedModel } from "../domain/model/model.ts";
import type { Pipeline } from "../domain/pipeline/pipeline.ts";
import type { Prediction } from "../domain/prediction/prediction.ts";
import type { FallbackStep, System } from "../domain/system/system.ts";
import { sampleSystem } from "../store/conformance/control-sample.ts";
import { type PredictPorts, predict, type Question } from "./predict.ts";
import type { ServedRelease } from "./served-release.ts";

/** Ports written by hand, because every one of them must be able to fail. The model answers distance / 100. */
const pipeline: Pipeline = { ...sampleSystem("s").pipeline, version: "pl-release" };
const questions: readonly Question[] = [10, 90, 40].map((distance, index) => ({
  id: `q-${index}`,
  time: 1_000 + index,
  inputs: { distance },
  cohort: "",
}));
const broken = () => new Fault("model-unavailable", { model: "m-2", reason: "its file is gone" });

function served(number: number, parts: Partial<Pick<ServedRelease, "model">> = {}): ServedRelease {
  const model: LoadedModel = {
    version: `m-${number}`,
    score: (vectors) => vectors.map(([distance]) => (10 * Number(distance) + number) / 1_000),
    unload: () => undefined,
  };
  return {
    release: {
      id: `s-${number}`,
      system: "s",
      number,
      stage: "live",
      model: `m-${number}`,
      pipeline: pipeline.version,
      baseline: undefined,
      note: "",
      createdAt: 0,
      liveSince: 0,
      retiredAt: undefined,
    },
    pipeline,
    model: () => model,
    ...parts,
  };
}
const unusable = served(2, {
  model: () => {
    throw broken();
  },
});

function house(
  parts: Partial<PredictPorts> = {},
  live: ServedRelease | undefined = served(2),
  previous?: ServedRelease,
) {
  const logged: Prediction[] = [];
  const gaps: unknown[] = [];
  const degraded: unknown[] = [];
  let now = 5_000;
  const ports: PredictPorts = {
    features: { compute: async (_, rows) => rows.map((row) => [row.distance as number]) },
    clock: { now: () => (now += 2) },
    served: async () => ({ live, previous, holds: [] }),
    log: async (_, predictions) => void logged.push(...predictions),
    onLogGap: (...gap) => void gaps.push(gap),
    onDegraded: (...reason) => void degraded.push(reason),
    environment: "test",
    ...parts,
  };
  return { ports, logged, gaps, degraded };
}
const withFallback = (...fallback: readonly FallbackStep[]): System => ({ ...sampleSystem("s"), fallback });
const constant = { kind: "constant", probability: 0.19 } as const;
const previousRelease = { kind: "previous-release" } as const;

describe("answering", () => {
  it("comes from the live release, in the order of the questions, and is logged with what it depended on", async () => {
    const { ports, logged, degraded } = house();
    const answered = await predict(ports, withFallback(constant), questions, "gate");
    expect(answered).toEqual({
      kind: "answered",
      servedBy: "release",
      release: "s-2",
      reason: undefined,
      probabilities: [0.102, 0.902, 0.402],
    });
    expect(degraded).toEqual([]);
    expect(logged.map(({ id, output }) => [id, output.kind === "probability" && output.probability])).toEqual([
      ["q-0", 0.102],
      ["q-1", 0.902],
      ["q-2", 0.402],
    ]);
    expect(logged[1]).toMatchObject({
      time: 1_001,
      release: "s-2",
      model: "m-2",
      pipeline: "pl-release",
      servedBy: "release",
      environment: "test",
      caller: "gate",
      latencyMs: 2,
      inputs: { distance: 90 },
      vector: { features: pipeline.features, values: [90] },
    });
  });

  it("falls back to the previous release when the model cannot be used, and says so", async () => {
    const { ports, logged, degraded } = house({}, unusable, served(1));
    const answered = await predict(ports, withFallback(previousRelease, constant), questions, "gate");
    expect(answered).toMatchObject({
      servedBy: "previous-release",
      release: "s-1",
      probabilities: [0.101, 0.901, 0.401],
    });
    expect(answered.kind === "answered" && answered.reason).toContain("its file is gone");
    expect(degraded).toHaveLength(1);
    expect(logged[0]).toMatchObject({ servedBy: "previous-release", release: "s-1", model: "m-1" });
  });

  it("falls back to the constant when features cannot be computed, and logs no vector", async () => {
    const compute = async () => {
      throw new Fault("engine-timeout", { limitMs: 50 });
    };
    const { ports, logged } = house({ features: { compute } }, served(2), served(1));
    const answered = await predict(ports, withFallback(previousRelease, constant), questions, "gate");
    expect(answered).toMatchObject({ servedBy: "constant", release: undefined, probabilities: [0.19, 0.19, 0.19] });
    expect(logged[0]).toMatchObject({
      servedBy: "constant",
      release: "",
      model: "",
      vector: undefined,
      output: { kind: "probability", probability: 0.19 },
    });
  });

  it("tries only the fallbacks that are declared", async () => {
    const { ports } = house({}, unusable, served(1));
    expect(await predict(ports, withFallback(constant), questions, "gate")).toMatchObject({ servedBy: "constant" });
  });

  it("is refused, and nothing logged, when nothing can answer", async () => {
    const { ports, logged } = house({}, unusable);
    const refused = await predict(ports, withFallback(previousRelease), questions, "gate");
    expect(refused).toMatchObject({ kind: "refused", reason: "nothing-can-answer" });
    expect(refused.kind === "refused" && refused.message).toMatch(/its file is gone.*no previous release/);
    expect(logged).toEqual([]);
  });

  it("is the constant while the control store is down at the first question", async () => {
    const down = async () => {
      throw new Fault("control-store-unavailable", { reason: "connection refused" });
    };
    const answered = await predict(house({ served: down }).ports, withFallback(constant), questions, "gate");
    expect(answered).toMatchObject({ servedBy: "constant", reason: expect.stringContaining("connection refused") });
  });

  it("is given although it could not be logged, and the gap is told", async () => {
    const full = async () => {
      throw new Fault("spool-full", { bytes: 9, limitBytes: 9 });
    };
    const { ports, gaps } = house({ log: full });
    expect(await predict(ports, withFallback(), questions, "gate")).toMatchObject({
      kind: "answered",
      servedBy: "release",
    });
    expect(gaps).toEqual([["s", 3, expect.stringContaining("9 of 9 bytes")]]);
  });

  it("hides no bug behind a fallback", async () => {
    const compute = async () => {
      throw new TypeError("a bug");
    };
    await expect(
      predict(house({ features: { compute } }).ports, withFallback(constant), questions, "gate"),
    ).rejects.toThrow("a bug");
  });

  it("of no questions is no answers", async () => {
    expect(await predict(house().ports, withFallback(), [], "gate")).toMatchObject({
      kind: "answered",
      probabilities: [],
    });
  });
});

describe("a release that is held because of an incident", () => {
  const why = { system: "s", incident: 7, action: "calm", since: 1 } as const;
  const held = { ...why, what: { kind: "fallback" } } as const;
  const frozen = { ...why, what: { kind: "feature", feature: "distance", value: 50 } } as const;
  const holding = (holds: Awaited<ReturnType<PredictPorts["served"]>>["holds"], previous?: ServedRelease) =>
    house({ served: async () => ({ live: served(2), previous, holds }) });

  it("does not answer while a declared fallback can, and the answer says why", async () => {
    const { ports, logged, degraded } = holding([held], served(1));
    const answered = await predict(ports, withFallback(previousRelease, constant), questions, "gate");
    expect(answered).toMatchObject({
      servedBy: "previous-release",
      release: "s-1",
      reason: "the live release is held back because of incident 7",
    });
    expect(logged[0]?.servedBy).toBe("previous-release");
    // It was wanted, and is in the incident's timeline: no line of the server's log for every answer.
    expect(degraded).toEqual([]);
  });

  it("answers at last when no fallback can, and the answer says that it is not to be trusted", async () => {
    const { ports } = holding([held]);
    const answered = await predict(ports, withFallback(previousRelease), questions, "gate");
    expect(answered).toMatchObject({ servedBy: "release", release: "s-2" });
    expect(answered).toMatchObject({ reason: expect.stringContaining("held back because of incident 7") });
  });

  it("is given the held value of a frozen feature; the log has the vector that the model saw", async () => {
    const { ports, logged } = holding([frozen]);
    const answered = await predict(ports, withFallback(constant), questions, "gate");
    expect(answered).toMatchObject({
      servedBy: "release",
      reason: "distance is frozen at 50 because of incident 7",
      probabilities: [0.502, 0.502, 0.502],
    });
    expect(logged.map(({ vector, inputs }) => [vector?.values, inputs.distance])).toEqual([
      [[50], 10],
      [[50], 90],
      [[50], 40],
    ]);
  });
});
