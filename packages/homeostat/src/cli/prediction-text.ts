import type { PredictionLineage } from "@homeostat/protocol";
import type { Cli } from "./cli.ts";
import { instantText } from "./format-value.ts";
import { renderFacts, renderTable } from "./table.ts";

const valueText = (value: unknown): string =>
  value === null || value === undefined ? "missing" : typeof value === "object" ? JSON.stringify(value) : String(value);

const secondsIn = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
] as const;

function ageText(seconds: number | null): string {
  if (seconds === null) return "unknown";
  const unit = secondsIn.find(([size]) => seconds >= size);
  return unit === undefined ? `${Math.round(seconds)} s` : `${(seconds / unit[0]).toFixed(1)} ${unit[1]}`;
}

const checkWords = {
  "no-breach": "no breach was marked",
  broken: "broken",
  "not-checked": "not checked",
} as const;

/** One prediction back to its source, for people. */
export function predictionText(cli: Cli, lineage: PredictionLineage): string {
  const { prediction, source, contractCheck, model, release } = lineage;
  const told = Object.entries(prediction.state).map(([key, value]) => `${key}=${value}`);
  const breaches = contractCheck.breaches.length === 0 ? "" : `: ${contractCheck.breaches.join(", ")}`;
  const facts = renderFacts(
    [
      ["Prediction", `${prediction.id} of ${lineage.system}, ${instantText(prediction.time)}`],
      [
        "Said",
        Object.entries(prediction.output)
          .map(([name, value]) => `${name} ${valueText(value)}`)
          .join(", "),
      ],
      ["Answered by", answeredBy(lineage)],
      ["Environment", `${prediction.environment}, asked by ${prediction.caller || "unknown"}`],
      ["State told", told.length === 0 ? "none" : told.join(", ")],
      ["Latency, cost", `${measure(prediction.latencyMs, "ms")}, ${measure(prediction.costUsd, "USD")}`],
      ["Release", release === null ? "unknown here" : `${release.id}, baseline ${release.baseline ?? "none"}`],
      [
        "Model",
        model === null ? "unknown here" : `${model.version}, ${instantText(model.createdAt)}, ${model.trainer}`,
      ],
      ["Trained on", model === null ? "unknown here" : model.dataset],
      ["Pipeline", lineage.pipeline],
      ["Source", `${source.component}, contract ${source.contract} ${source.contractVersion}`],
      ["Contract check", `${checkWords[contractCheck.state]}${breaches}`],
      ["Its window", windowText(lineage)],
      ["Outcomes", outcomesText(lineage)],
    ],
    cli.terminal,
  );
  return `${facts}\n${featureTable(cli, lineage)}\n${inputTable(cli, lineage)}`;
}

/** How the contract's rules did over the window around it. */
function windowText({ contractCheck: { window } }: PredictionLineage): string {
  if (window === null) return "not held to the contract yet";
  const count = (state: string): number => window.results.filter((result) => result.state === state).length;
  const broken = window.results.filter((result) => result.state === "failed").map((result) => result.rule);
  const failed = broken.length === 0 ? "none broken" : `${broken.length} broken: ${broken.join(", ")}`;
  const counts = `${count("passed")} rules kept, ${failed}, ${count("not-checked")} not checked`;
  return `${instantText(window.start)}, contract ${window.contractVersion}: ${counts}`;
}

const measure = (value: number | null, unit: string): string => (value === null ? "unknown" : `${value} ${unit}`);

function answeredBy({ prediction, vector }: PredictionLineage): string {
  const seen = vector === "told" ? "the vector is the one it saw" : "the vector was computed here from the inputs";
  return `${prediction.servedBy}; ${seen}`;
}

function outcomesText({ outcomes }: PredictionLineage): string {
  if (outcomes.length === 0) return "none yet";
  return outcomes
    .map(({ kind, name, value, unit, time }) =>
      [kind, name, valueText(value), unit, `(${instantText(time)})`].filter((part) => part !== "").join(" "),
    )
    .join("; ");
}

function featureTable(cli: Cli, { features }: PredictionLineage): string {
  return renderTable(
    [
      { head: "Feature" },
      { head: "Value", wraps: true },
      { head: "Made by", wraps: true },
      { head: "Reads", wraps: true },
      { head: "Age" },
    ],
    features.map((feature) => [
      feature.name,
      valueText(feature.value),
      feature.expression,
      feature.reads === null ? "not noted" : feature.reads.join(", "),
      ageText(feature.ageSeconds),
    ]),
    cli.terminal,
  );
}

function inputTable(cli: Cli, { inputs }: PredictionLineage): string {
  return renderTable(
    [{ head: "Input" }, { head: "Value", wraps: true }, { head: "Type" }, { head: "In the source", wraps: true }],
    inputs.map((input) => [input.name, valueText(input.value), input.type, input.physicalName]),
    cli.terminal,
  );
}
