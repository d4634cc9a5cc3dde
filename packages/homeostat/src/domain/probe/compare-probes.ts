import type { ProbeComparison, ProbeRun } from "./probe.ts";

/**
 * How much the answers to one probe differ, within runs and between them, for each release apart: a new release may
 * answer otherwise, one release may not. Runs answered by a fallback are left out. Cost: O(answers).
 */
export function compareProbes(runs: readonly ProbeRun[]): readonly ProbeComparison[] {
  const groups = new Map<string, { probe: string; release: string | undefined; runs: number; answers: number[] }>();
  for (const run of runs) {
    if (run.servedBy !== "release") continue;
    for (const { probe, answers } of run.results) {
      const key = JSON.stringify([run.release ?? null, probe]);
      const group = groups.get(key) ?? { probe, release: run.release, runs: 0, answers: [] };
      group.runs += 1;
      group.answers.push(...answers);
      groups.set(key, group);
    }
  }
  return [...groups.values()].filter(({ answers }) => answers.length > 0).map(comparisonOf);
}

function comparisonOf(group: {
  readonly probe: string;
  readonly release: string | undefined;
  readonly runs: number;
  readonly answers: readonly number[];
}): ProbeComparison {
  const { answers } = group;
  const least = Math.min(...answers);
  const greatest = Math.max(...answers);
  const mean = answers.reduce((sum, answer) => sum + answer, 0) / answers.length;
  const squares = answers.reduce((sum, answer) => sum + (answer - mean) ** 2, 0);
  return {
    probe: group.probe,
    release: group.release,
    runs: group.runs,
    answers: answers.length,
    least,
    greatest,
    mean,
    spread: answers.length < 2 ? 0 : Math.sqrt(squares / (answers.length - 1)),
    differs: greatest - least > 1e-9 + 1e-6 * Math.abs(greatest),
  };
}
