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

const trouble: { readonly [S in VerdictState]: number } = {
  critical: 0,
  warning: 1,
  "not-enough-data": 2,
  "waiting-for-labels": 3,
  "not-checked": 4,
  healthy: 5,
};

/** What is wrong first, then what is not known, then what is healthy; otherwise in the order given. */
export function worstFirst<T>(items: readonly T[], verdictOf: (item: T) => VerdictState): readonly T[] {
  return [...items].sort((a, b) => trouble[verdictOf(a)] - trouble[verdictOf(b)]);
}
