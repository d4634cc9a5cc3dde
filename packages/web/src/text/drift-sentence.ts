import type { DriftCell } from "@homeostat/protocol";
import { formatCount, formatPsi, formatPValue } from "./number.ts";
import { segmentName } from "./segment.ts";
import { verdictWords } from "./verdict.ts";

const pText = (pValue: number | null): string => {
  if (pValue === null) return "p unknown";
  const text = formatPValue(pValue);
  return text.startsWith("<") ? `p < ${text.slice(1)}` : `p = ${text}`;
};

/**
 * Everything one cell of the drift picture knows, in one plain sentence. `when` names the window. A cell without a PSI
 * says why instead of showing a number.
 */
export function driftSentence(cell: DriftCell, when: string): string {
  const where = `${cell.feature} · ${segmentName(cell.segment)} · ${when}: ${verdictWords[cell.state].word.toLowerCase()}`;
  const sizes = `${formatCount(cell.rows)} rows (N) against ${formatCount(cell.baselineRows)} baseline rows (M)`;
  if (cell.psi === null) return `${where}. No PSI is claimed from ${sizes}.`;
  return (
    `${where}. PSI ${formatPsi(cell.psi)}, debiased ${formatPsi(cell.psiDebiased)}, ` +
    `where chance alone would show ${formatPsi(cell.expectedByChance)}; ${pText(cell.pValue)}, from ${sizes}.`
  );
}
