import type { PerformanceCell, WindowSummary } from "@homeostat/protocol";
import { formatCount, formatDecimal, formatShare } from "./number.ts";
import { segmentName } from "./segment.ts";
import { verdictWords } from "./verdict.ts";

/** Everything one window of performance knows, in one plain sentence; `when` names the window. */
export function performanceSentence(cell: PerformanceCell, when: string): string {
  const where = `${segmentName(cell.segment)} · ${when}`;
  const labels = `${formatCount(cell.labelledRows)} of ${formatCount(cell.rows)} rows labelled`;
  if (cell.auc === null)
    return `${where}: ${verdictWords[cell.state].word.toLowerCase()}, no AUC is claimed; ${labels}.`;
  const { value, low, high } = cell.auc;
  const baseline = cell.baselineAuc === null ? "no baseline" : `baseline ${formatDecimal(cell.baselineAuc.value, 3)}`;
  return `${where}: AUC ${formatDecimal(value, 3)} (95 % interval ${formatDecimal(low, 3)} to ${formatDecimal(high, 3)}), ${baseline}; ${labels}.`;
}

const stateText: { readonly [S in WindowSummary["state"]]: string } = {
  open: "still open for late rows",
  due: "waiting to be judged",
  evaluated: "judged",
};

/** What is known about one window, in one plain sentence. */
export function windowSentence(window: WindowSummary, when: string): string {
  const coverage =
    window.labelCoverage === null
      ? "label coverage unknown (no rows)"
      : `${formatShare(window.labelCoverage)} labelled`;
  const found = window.findings === 1 ? "1 finding" : `${formatCount(window.findings)} findings`;
  const restated =
    window.restatements === 0 ? "" : `, judged again ${formatCount(window.restatements)} times after late rows`;
  return `${when}: ${verdictWords[window.verdict].word.toLowerCase()}; ${formatCount(window.rows)} rows, ${coverage}, ${found}; ${stateText[window.state]}${restated}.`;
}
