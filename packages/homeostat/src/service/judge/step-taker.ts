import type { DiagnosisStep } from "../../domain/incident/diagnosis.ts";
import type { Clock } from "../../domain/instant.ts";

/** What a step of a diagnosis came to: a value for the steps after it, and a verdict in words. */
export interface StepResult<T> {
  readonly value: T;
  readonly status: DiagnosisStep["status"];
  readonly verdict: string;
}

/** Takes the steps of a diagnosis, each with the time that it needed. */
export function stepTaker(clock: Clock): {
  take<T>(step: number, title: string, act: () => Promise<StepResult<T>>): Promise<T>;
  taken(): DiagnosisStep[];
} {
  const taken: DiagnosisStep[] = [];
  return {
    async take(step, title, act) {
      const startedAt = clock.now();
      const result = await act();
      taken.push({ step, title, status: result.status, verdict: result.verdict, tookMs: clock.now() - startedAt });
      return result.value;
    },
    taken: () => [...taken],
  };
}
