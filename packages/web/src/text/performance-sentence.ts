import type { PerformanceCell, WindowSummary } from "@homeostat/protocol";
import { metricWords } from "./metric.ts";
import { formatCount, formatShare } from "./number.ts";
import { segmentName } from "./segment.ts";
import { verdictWords } from "./verdict.ts";

/** Everything one window of performance knows, in one plain sentence; `when` names the window. */
export function performanceSentence(cell: PerformanceCell, when: string): string {
  const where = `${segmentName(cell.segment)} · ${when}`;
  const labels = `${formatCount(cell.labelledRows)} of ${formatCount(cell.rows)} rows labelled`;
  const { headline } = cell;
  const { word, format } = metricWords[headline.name];
  if (headline.value === null)
    return `${where}: ${verdictWords[cell.state].word.toLowerCase()}, no ${word} is claimed; ${labels}.`;
  const { value, low, high } = headline.value;
  const baseline = headline.baseline === null ? "no baseline" : `baseline ${format(headline.baseline.value)}`;
  return `${where}: ${word} ${format(value)} (95 % interval ${format(low)} to ${format(high)}), ${baseline}; ${labels}.`;
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
  const later =
    window.state === "evaluated" && !window.current ? ", to be judged again: more has come since or is to come" : "";
  return `${when}: ${verdictWords[window.verdict].word.toLowerCase()}; ${formatCount(window.rows)} rows, ${coverage}, ${found}; ${stateText[window.state]}${restated}${later}.`;
}
