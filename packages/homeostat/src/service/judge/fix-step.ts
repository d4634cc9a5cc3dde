import {
  type ReplayRow,
  type RowRange,
  type Slice,
  type SliceStore,
  sliceWords,
} from "../../domain/baseline/slice-store.ts";
import { checkFix, fixRank, undoPattern, withFeature } from "../../domain/diagnosis/propose-fix.ts";
import { patternWords } from "../../domain/diagnosis/shift-pattern.ts";
import { Fault } from "../../domain/fault.ts";
import type { FixAction, FixCheck, FixOption, FixProposal } from "../../domain/incident/diagnosis.ts";
import type { LoadedModel, ModelRuntime } from "../../domain/model/model.ts";
import type { ModelStore } from "../../domain/model/model-store.ts";
import { denseScores } from "../../domain/monitor/count-series.ts";
import type { FeatureComputer, FeatureVector } from "../../domain/pipeline/pipeline.ts";
import { type Release, type ReleaseStore, rollbackTarget } from "../../domain/release/release.ts";
import { sameSeasonWindows } from "./audit-slice.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import type { StepResult } from "./step-taker.ts";
import type { Trace } from "./trace-upstream.ts";

export interface FixPorts {
  readonly slices: SliceStore;
  readonly releases: ReleaseStore;
  readonly models: ModelStore;
  readonly runtime: ModelRuntime;
  readonly features: FeatureComputer;
}

/** Scores logged rows again, another way; undefined with the reason where it cannot. */
type Rescore = () => Promise<readonly number[] | { readonly impossible: string }>;

interface Candidate {
  readonly action: FixAction;
  readonly words: string;
  readonly rescore: Rescore;
}

const elsewhere = "the model is served elsewhere, so nothing can be scored again here";

/**
 * Proposes what would end the harm and tries each on the logged inputs of the slice, beside what was answered: the release
 * before, the live model with the moved feature repaired or left out, the constant. Nothing goes live by it.
 */
export async function fixStep(
  ports: FixPorts,
  scene: DiagnosisScene,
  slice: Slice | undefined,
  trace: Trace,
): Promise<StepResult<FixProposal | undefined>> {
  const { system, release, range, baseline, settings } = scene;
  const upstream = upstreamOption(trace);
  if (
    system.task.type !== "binary-classification" ||
    release.model === undefined ||
    baseline.score.kind !== "probability"
  )
    return result([...upstream, ...(trace.shares.length === 0 ? [retrain(elsewhere)] : [])], elsewhere);
  const live: RowRange = { kind: "live", from: range.from, to: range.to };
  const rows = await ports.slices.replayRows(system, baseline, live, slice, settings.replayedRows);
  const usual = await ports.slices.picture(
    system,
    baseline,
    { kind: "reference", windows: sameSeasonWindows(scene) },
    slice,
  );
  const scores = denseScores(
    usual.score?.kind === "probability" ? usual.score : undefined,
    baseline.score.edges.length + 1,
  );
  const question = {
    threshold: system.task.threshold,
    edges: baseline.score.edges,
    usualCounts: scores.rows,
    margin: settings.replayMargin,
  };
  const options: FixOption[] = [...upstream];
  for (const { action, words, rescore } of await candidatesOf(ports, scene, rows, trace)) {
    const fixed = await rescore();
    const check: FixCheck =
      "impossible" in fixed
        ? { kind: "not-checked", reason: fixed.impossible }
        : checkFix({
            ...question,
            rows: rows.map(({ probability, outcome }, index) => ({
              probability,
              outcome,
              fixed: fixed[index] ?? probability,
            })),
          });
    options.push({ action, words, check });
  }
  if (trace.pattern?.kind === "relation_changed")
    options.push(
      retrain("a model that is not trained yet cannot be scored; its candidate is compared when it is made"),
    );
  return result(options, `no row of ${sliceWords(slice)} could be scored again`);
}

const retrain = (reason: string): FixOption => ({
  action: "retrain",
  words: "train again on rows since it began: what is true of the inputs is no more what the model learnt",
  check: { kind: "not-checked", reason },
});

function result(options: readonly FixOption[], whyNot: string): StepResult<FixProposal | undefined> {
  const sorted = [...options].sort((left, right) => fixRank(left.check) - fixRank(right.check));
  const [best] = sorted;
  const scored = sorted.filter(({ check }) => check.kind === "scored");
  const value = best === undefined ? undefined : { options: sorted };
  if (scored.length === 0)
    return {
      value,
      status: "not-checked",
      verdict: best === undefined ? `no fix is known; ${whyNot}` : `proposed: ${best.words}; not checked: ${whyNot}`,
    };
  return {
    value,
    status: "done",
    verdict: sorted.map(({ words, check }) => `${words}: ${checkWords(check)}`).join("; "),
    evidence: scored.flatMap(({ action, check }) =>
      check.kind === "scored"
        ? [
            {
              name: `${action}: mean squared error on ${check.labelled} labelled rows`,
              value: check.fixedLoss,
              usual: check.loss,
            },
            {
              name: `${action}: PSI of the answers against the baseline's`,
              value: check.fixedScorePsi,
              usual: check.scorePsi,
            },
            { name: `${action}: share of equal decisions on ${check.rows} rows`, value: check.agreement },
          ]
        : [],
    ),
  };
}

/** A check in words. */
function checkWords(check: FixCheck): string {
  if (check.kind === "not-checked") return `not checked, ${check.reason}`;
  const shown = (value: number | undefined): string => (value === undefined ? "unknown" : value.toFixed(4));
  switch (check.verdict) {
    case "nearer":
    case "no-nearer":
      return `no outcomes yet; its answers are ${check.verdict === "nearer" ? "nearer to" : "no nearer to"} the baseline's (PSI ${shown(check.scorePsi)} → ${shown(check.fixedScorePsi)})`;
    default:
      return `${check.verdict.replace("-", " ")} on ${check.labelled} rows with outcomes (mean squared error ${shown(check.loss)} → ${shown(check.fixedLoss)})`;
  }
}

function upstreamOption({ named }: Trace): readonly FixOption[] {
  if (named?.change === undefined) return [];
  const { title, component } = named.change;
  return [
    {
      action: "undo-change",
      words: `have "${title}" undone by whoever runs ${component}`,
      check: { kind: "not-checked", reason: "what is upstream cannot be replayed here" },
    },
  ];
}

async function candidatesOf(
  ports: FixPorts,
  scene: DiagnosisScene,
  rows: readonly ReplayRow[],
  trace: Trace,
): Promise<readonly Candidate[]> {
  const { system, release } = scene;
  const vectors = rows.map(({ vector }) => vector);
  const names = system.pipeline.features.map(({ name }) => name);
  const moved = trace.shares.flatMap(({ feature }) => (names.includes(feature) ? [feature] : []));
  const [first] = moved;
  const repair = undoPattern(trace.pattern);
  const target = rollbackTarget(await ports.releases.list(system.name));
  const constant = system.fallback.find((step) => step.kind === "constant");
  return [
    ...(target.kind === "target"
      ? [
          {
            action: "roll-back" as const,
            words: `roll back to ${target.release.id}`,
            rescore: () => rescoreBy(ports, scene, target.release, rows),
          },
        ]
      : []),
    ...(first !== undefined && repair !== undefined && trace.pattern !== undefined
      ? [
          {
            action: "repair-feature" as const,
            words: `undo in the pipeline that ${patternWords(trace.pattern)} (\`${first}\`)`,
            rescore: () => scoreWith(ports, scene, release, withFeature(vectors, names.indexOf(first), repair)),
          },
        ]
      : []),
    ...(moved.length > 0
      ? [
          {
            action: "exclude-feature" as const,
            words: `leave out ${moved.map((name) => `\`${name}\``).join(", ")} until it is repaired`,
            rescore: () =>
              scoreWith(
                ports,
                scene,
                release,
                moved.reduce(
                  (changed, name) => withFeature(changed, names.indexOf(name), () => null),
                  vectors as readonly FeatureVector[],
                ),
              ),
          },
        ]
      : []),
    ...(constant === undefined
      ? []
      : [
          {
            action: "fall-back" as const,
            words: `fall back to the constant ${constant.probability}`,
            rescore: async () => rows.map(() => constant.probability),
          },
        ]),
  ];
}

/** The release before answers the same inputs, with its own pipeline. */
async function rescoreBy(
  ports: FixPorts,
  scene: DiagnosisScene,
  release: Release,
  rows: readonly ReplayRow[],
): ReturnType<Rescore> {
  if (release.pipeline === scene.release.pipeline) {
    return scoreWith(
      ports,
      scene,
      release,
      rows.map(({ vector }) => vector),
    );
  }
  const pipeline = await ports.models.pipeline(release.pipeline);
  if (pipeline === undefined) return { impossible: `its pipeline ${release.pipeline} is not kept` };
  const vectors = await ports.features.compute(
    pipeline,
    rows.map(({ inputs }) => inputs),
  );
  return scoreWith(ports, scene, release, vectors);
}

async function scoreWith(
  ports: FixPorts,
  { system }: DiagnosisScene,
  release: Release,
  vectors: readonly FeatureVector[],
): ReturnType<Rescore> {
  if (release.model === undefined) return { impossible: elsewhere };
  const model = await ports.models.get(system.name, release.model);
  const pipeline = await ports.models.pipeline(release.pipeline);
  if (model === undefined || pipeline === undefined) return { impossible: `model ${release.model} is not kept` };
  let loaded: LoadedModel | undefined;
  try {
    loaded = await ports.runtime.load(model.version, model.artifactPath, pipeline.features);
    return loaded.score(vectors);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { impossible: thrown.message };
  } finally {
    loaded?.unload();
  }
}
