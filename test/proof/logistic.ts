import type { ProofInputs, ProofRow } from "./datasets.ts";

export type Scorer = (inputs: ProofInputs) => number;

/** Numbers cut at their deciles. */
const cuts = 10;

/**
 * A small model of the set: logistic regression over categories and deciles of numbers, by a few passes of stochastic
 * gradient. What is missing or new has no weight. Good enough to be hurt by what happens to its inputs.
 */
export function fitScorer(
  rows: readonly ProofRow[],
  numbers: readonly string[],
  categories: readonly string[],
): Scorer {
  const edges = new Map(numbers.map((name) => [name, decilesOf(rows.map((row) => Number(row.inputs[name])))] as const));
  const weights = new Map<string, number>();
  const keysOf = (inputs: ProofInputs): readonly string[] => [
    "base",
    ...categories.map((name) => `${name}=${inputs[name] ?? ""}`),
    ...numbers.map((name) => {
      const value = inputs[name];
      if (typeof value !== "number" || Number.isNaN(value)) return `${name} missing`;
      return `${name}@${edges.get(name)?.filter((edge) => edge <= value).length ?? 0}`;
    }),
  ];
  const score: Scorer = (inputs) => {
    const sum = keysOf(inputs).reduce((all, key) => all + (weights.get(key) ?? 0), 0);
    return 1 / (1 + Math.exp(-sum));
  };
  for (let pass = 0; pass < 6; pass++) {
    const rate = 0.2 / (1 + pass);
    for (const { inputs, outcome } of rows) {
      const step = rate * (Number(outcome) - score(inputs));
      for (const key of keysOf(inputs)) weights.set(key, (weights.get(key) ?? 0) + step);
    }
  }
  return score;
}

function decilesOf(values: readonly number[]): readonly number[] {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return Array.from({ length: cuts - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / cuts)] ?? 0);
}
