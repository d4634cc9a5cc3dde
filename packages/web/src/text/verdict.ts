import type { VerdictState } from "@homeostat/protocol";

/** A state in words and what it means. Only `healthy` says that nothing is wrong. */
export interface VerdictWords {
  readonly word: string;
  readonly meaning: string;
}

export const verdictWords: { readonly [S in VerdictState]: VerdictWords } = {
  healthy: { word: "Healthy", meaning: "Checked, and nothing moved beyond what chance explains." },
  warning: { word: "Warning", meaning: "Something moved by more than chance and by more than the warning level." },
  critical: { word: "Critical", meaning: "Something moved by more than chance and by more than the incident level." },
  "not-enough-data": {
    word: "Not enough data",
    meaning: "Too few rows to say anything. It is not known to be healthy.",
  },
  "waiting-for-labels": {
    word: "Waiting for labels",
    meaning: "Outcomes have not arrived yet, so performance is not known.",
  },
  "not-checked": { word: "Not checked", meaning: "No check has run. It is not known to be healthy." },
};
