import type { SentQuery, SliceStore } from "../../domain/baseline/slice-store.ts";
import type { DiagnosisStep, StepNumber } from "../../domain/incident/diagnosis.ts";
import type { Clock } from "../../domain/instant.ts";

/** What a step of a diagnosis came to: a value for the steps after it, and a verdict in words with its numbers. */
export interface StepResult<T> {
  readonly value: T;
  readonly status: DiagnosisStep["status"];
  readonly verdict: string;
  readonly evidence?: readonly StepNumber[];
}

/** Kept of a step: its first statements, and none that lists thousands of names. */
const mostQueries = 8;
const longestQuery = 60_000;

/** Takes the steps of a diagnosis, each with the time that it needed and the statements that it asked. */
export function stepTaker(
  clock: Clock,
  slices: SliceStore,
): {
  take<T>(step: number, title: string, act: (slices: SliceStore) => Promise<StepResult<T>>): Promise<T>;
  taken(): DiagnosisStep[];
} {
  const taken: DiagnosisStep[] = [];
  return {
    async take(step, title, act) {
      const startedAt = clock.now();
      const sent: SentQuery[] = [];
      const result = await act(slices.told((query) => sent.push(query)));
      const { status, verdict, evidence = [] } = result;
      const queries = sent.filter((query) => JSON.stringify(query).length <= longestQuery).slice(0, mostQueries);
      taken.push({ step, title, status, verdict, tookMs: clock.now() - startedAt, evidence, queries });
      return result.value;
    },
    taken: () => [...taken].sort((left, right) => left.step - right.step),
  };
}
