import type { SliceStore } from "../../domain/baseline/slice-store.ts";
import type { SliceEvidence, StepNumber } from "../../domain/incident/diagnosis.ts";
import type { Task } from "../../domain/system/task.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import type { StepResult } from "./step-taker.ts";

/** What the mean loss of each task is called. */
const lossNames: Readonly<Record<Task["type"], string>> = {
  "binary-classification": "share of wrong decisions",
  "multiclass-classification": "share of wrong classes",
  regression: "mean absolute error",
};

/** Growth of the loss, as a share of itself, and fall of the AUC from which the answers count as worse. */
const materialGrowth = 0.1;
const materialAuc = 0.02;

/** Is it the business, or the model? Business values of the stretch against the windows before; the model's metric on the slice. */
export async function metricStep(
  slices: SliceStore,
  { system, range, settings }: DiagnosisScene,
  slice: SliceEvidence | undefined,
): Promise<StepResult<undefined>> {
  const business = await businessNumbers(slices, system, range, settings.windowsBefore);
  const numbers = slice === undefined ? [] : modelNumbers(system.task, slice);
  const evidence = [...business, ...numbers];
  const told = business.length === 0 ? "no business value was told" : business.map(numberWords).join(", ");
  if (slice?.losses?.slice === undefined || slice.losses.sliceBaseline === undefined)
    return {
      value: undefined,
      status: "waiting-for-labels",
      verdict: `${told}; outcomes of the slice have not arrived, or the baseline has none, so whether the model is the source is not known yet`,
      evidence,
    };
  return { value: undefined, status: "done", verdict: `${modelWords(system.task, slice)}; ${told}`, evidence };
}

function modelNumbers(task: Task, slice: SliceEvidence): readonly StepNumber[] {
  const { losses } = slice;
  const name = lossNames[task.type];
  return [
    ...(slice.auc === undefined ? [] : [{ name: "AUC of the slice", value: slice.auc, usual: slice.baselineAuc }]),
    ...(slice.globalAuc === undefined
      ? []
      : [{ name: "AUC of all rows", value: slice.globalAuc, usual: slice.globalBaselineAuc }]),
    { name: `${name}, slice`, value: losses?.slice, usual: losses?.sliceBaseline },
    { name: `${name}, all rows`, value: losses?.global, usual: losses?.globalBaseline },
  ];
}

function modelWords(task: Task, { auc, baselineAuc, losses }: SliceEvidence): string {
  const name = lossNames[task.type];
  const now = losses?.slice ?? 0;
  const then = losses?.sliceBaseline ?? 0;
  const worse = now > (1 + materialGrowth) * then || (baselineAuc ?? 0) - (auc ?? baselineAuc ?? 0) >= materialAuc;
  const shownAuc =
    auc === undefined || baselineAuc === undefined
      ? ""
      : `AUC of the slice ${baselineAuc.toFixed(3)} → ${auc.toFixed(3)}, `;
  const verdict = worse ? "the model's answers got worse" : "the model's answers hold";
  return `${shownAuc}${name} on it ${shortNumber(then)} → ${shortNumber(now)} (${verdict})`;
}

const shortNumber = (value: number): string => Number(value.toPrecision(3)).toString();

async function businessNumbers(
  slices: SliceStore,
  system: DiagnosisScene["system"],
  range: DiagnosisScene["range"],
  windowsBefore: number,
): Promise<readonly StepNumber[]> {
  const before = { from: range.from - windowsBefore * system.windows.lengthMs, to: range.from };
  const [now, then] = await Promise.all([slices.business(system, range), slices.business(system, before)]);
  return now.map(({ name, unit, mean }) => ({
    name: `mean ${name} in ${unit}`,
    value: mean,
    usual: then.find((other) => other.name === name && other.unit === unit)?.mean,
  }));
}

function numberWords({ name, value, usual }: StepNumber): string {
  const now = typeof value === "number" ? shortNumber(value) : "unknown";
  return usual === undefined ? `${name} ${now}` : `${name} ${shortNumber(usual)} → ${now}`;
}
