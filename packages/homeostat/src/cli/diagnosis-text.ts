import type { Diagnosis, StepRepeat } from "@homeostat/protocol";
import { countText, durationText, instantText, numberText, shareText, unknownMark } from "./format-value.ts";
import { renderTable } from "./table.ts";
import type { Colors, Terminal } from "./terminal.ts";

const shownFeatures = 8;
const shownSuspects = 5;

const heading = (text: string, colors: Colors): string => `\n${colors.bold(text)}\n`;

/** A diagnosis as a page of text: the steps, the slices, the features, the suspects and the fix. */
export function diagnosisText(diagnosis: Diagnosis, terminal: Terminal): string {
  const { colors } = terminal;
  const steps = diagnosis.steps.map((step) => [
    String(step.step),
    step.title,
    step.status === "done"
      ? step.verdict
      : `${step.status.replaceAll("-", " ")}${step.verdict === "" ? "" : `: ${step.verdict}`}`,
  ]);
  return [
    heading(`Diagnosis (${durationText(diagnosis.tookMs)})`, colors),
    `${diagnosis.sentence}\n`,
    "\n",
    renderTable(
      [
        { head: "Step", align: "right" },
        { head: "Question", wraps: true },
        { head: "Answer", wraps: true },
      ],
      steps,
      terminal,
    ),
    sliceText(diagnosis, terminal),
    slicesText(diagnosis, terminal),
    featuresText(diagnosis, terminal),
    suspectsText(diagnosis, terminal),
    fixText(diagnosis, terminal),
  ].join("");
}

function sliceText({ slice }: Diagnosis, terminal: Terminal): string {
  if (slice === null) return "";
  const { losses } = slice;
  const unknown = `${unknownMark} not measured`;
  const rows = [
    [
      "AUC",
      numberText(slice.baselineAuc, unknown),
      numberText(slice.auc, unknown),
      numberText(slice.globalBaselineAuc, unknown),
      numberText(slice.globalAuc, unknown),
    ],
    ["PSI of the feature", "", numberText(slice.slicePsi, unknown), "", numberText(slice.globalPsi, unknown)],
  ];
  const lost = [
    "Loss",
    numberText(losses?.sliceBaseline ?? null, unknown),
    numberText(losses?.slice ?? null, unknown),
    numberText(losses?.globalBaseline ?? null, unknown),
    numberText(losses?.global ?? null, unknown),
  ];
  const title = `Slice: ${slice.words} (${countText(slice.rows)} rows, ${shareText(slice.share)} of all)`;
  const columns = [
    { head: "" },
    { head: "Slice before", align: "right" },
    { head: "Slice now", align: "right" },
    { head: "All before", align: "right" },
    { head: "All now", align: "right" },
  ] as const;
  return heading(title, terminal.colors) + renderTable(columns, [...rows, lost], terminal);
}

const shownSlices = 5;

/** Where it is, the likeliest first, and what is weak but no worse than it was. */
function slicesText({ slices, foundSlices, weakSlices }: Diagnosis, terminal: Terminal): string {
  const ranked = slices
    .slice(0, shownSlices)
    .map(({ words, how }, index) => `${index + 1}. ${words}: ${how}\n`)
    .join("");
  const harmed = foundSlices
    .slice(0, shownSlices)
    .map((slice) => [
      slice.words,
      slice.measure === "loss" ? "loss" : `moved values of ${slice.feature ?? ""}`,
      numberText(slice.baselineValue),
      numberText(slice.value),
      countText(Math.round(slice.excess)),
      countText(slice.rows),
    ]);
  const table =
    harmed.length === 0
      ? ""
      : `\n${renderTable(
          [
            { head: "Found on one half, measured on the other", wraps: true },
            { head: "What grew" },
            { head: "Before", align: "right" },
            { head: "Now", align: "right" },
            { head: "Rows harmed", align: "right" },
            { head: "Rows", align: "right" },
          ],
          harmed,
          terminal,
        )}`;
  const weak = weakSlices
    .slice(0, shownSlices)
    .map(({ words, value, rows }) => `- ${words}: mean loss ${numberText(value)} on ${countText(rows)} rows\n`)
    .join("");
  return [
    ranked === "" ? "" : heading("Slices, the likeliest first", terminal.colors) + ranked,
    table,
    weak === "" ? "" : heading("Weak, and no worse than they were", terminal.colors) + weak,
  ].join("");
}

function fixText({ fix, steps }: Diagnosis, { colors }: Terminal): string {
  if (fix.length === 0) return "";
  const verdict = steps.find(({ step }) => step === 7)?.verdict ?? "";
  const lines = fix.map(({ words, check }) => {
    if (check.kind === "not-checked") return `- ${words}: not checked, ${check.reason}\n`;
    const scored = `${check.verdict.replace("-", " ")}, mean squared error ${numberText(check.loss)} → ${numberText(check.fixedLoss)} on ${countText(check.labelled)} of ${countText(check.rows)} rows, ${shareText(check.agreement)} equal decisions`;
    return `- ${words}: ${scored}\n`;
  });
  return (
    heading("Proposed, tried on logged rows before anybody promotes it", colors) + (lines.join("") || `${verdict}\n`)
  );
}

/** A step with what its statements answer now. */
export function repeatText({ step, answers }: StepRepeat, { colors }: Terminal): string {
  const numbers = step.evidence.map(
    ({ name, value, usual }) =>
      `- ${name}: ${value ?? `${unknownMark} unknown`}${usual === null ? "" : ` (usually ${numberText(usual)})`}\n`,
  );
  const queries = step.queries.map(({ sql, parameters }, index) => {
    const answer = answers[index];
    const rows = (answer?.rows ?? []).slice(0, shownRows).map((row) => `  ${JSON.stringify(row)}\n`);
    const more = answer !== undefined && (answer.more || answer.rows.length > shownRows) ? "  …\n" : "";
    return [
      heading(`Statement ${index + 1}`, colors),
      `${sql}\n`,
      `-- parameters: ${JSON.stringify(parameters)}\n`,
      `-- answers now:\n`,
      ...rows,
      more,
    ].join("");
  });
  const none = queries.length === 0 ? "\nThis step asked no statement of its own.\n" : "";
  return `${colors.bold(`Step ${step.step}: ${step.title}`)}\n${step.verdict}\n${numbers.join("")}${none}${queries.join("")}`;
}

const shownRows = 10;

function featuresText({ features }: Diagnosis, terminal: Terminal): string {
  if (features.length === 0) return "";
  const table = renderTable(
    [
      { head: "Feature on the slice" },
      { head: "PSI", align: "right" },
      { head: "By chance", align: "right" },
      { head: "p", align: "right" },
      { head: "Rows", align: "right" },
    ],
    features
      .slice(0, shownFeatures)
      .map((cell) => [
        cell.feature,
        numberText(cell.psiDebiased ?? cell.psi, `${unknownMark} ${cell.state.replaceAll("-", " ")}`),
        numberText(cell.expectedByChance),
        numberText(cell.pValue),
        countText(cell.rows),
      ]),
    terminal,
  );
  return `\n${table}`;
}

function suspectsText(diagnosis: Diagnosis, terminal: Terminal): string {
  if (diagnosis.suspects.length === 0) return "";
  const named = diagnosis.namedCause?.change ?? null;
  const verdict =
    named === null
      ? "Cause: no logged change is likely enough to be named"
      : `Cause: ${named.component}, "${named.title}"`;
  const table = renderTable(
    [
      { head: "Probability", align: "right" },
      { head: "Change", wraps: true },
      { head: "Why", wraps: true },
    ],
    diagnosis.suspects
      .slice(0, shownSuspects)
      .map((suspect) => [
        shareText(suspect.posterior),
        suspect.change === null
          ? "none of the logged changes"
          : `${suspect.change.component}: ${suspect.change.title} (${instantText(suspect.change.time)})`,
        suspect.why.join("; "),
      ]),
    terminal,
  );
  return heading(verdict, terminal.colors) + table;
}
