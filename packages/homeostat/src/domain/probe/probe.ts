import type { Instant } from "../instant.ts";
import type { InputRow } from "../pipeline/pipeline.ts";

/** A row that is sent on purpose, again and again, to see whether it is always answered alike. */
interface ProbeDefinition {
  readonly name: string;
  readonly inputs: InputRow;
}

/** Rows that a system is probed with, how often each in one run, and how long between runs. */
export interface ProbePlan {
  readonly probes: readonly ProbeDefinition[];
  readonly repeats: number;
  /** undefined: only when somebody asks. */
  readonly everyMs: number | undefined;
}

/** One probe of one run: every answer to it, in order. */
interface ProbeAnswers {
  readonly probe: string;
  readonly answers: readonly number[];
}

/** One run of a system's probes through the gateway. */
export interface ProbeRun {
  readonly system: string;
  readonly at: Instant;
  readonly release: string | undefined;
  readonly servedBy: "release" | "previous-release" | "constant";
  readonly repeats: number;
  readonly results: readonly ProbeAnswers[];
}

/** A probe's answers over some runs of one release. */
export interface ProbeComparison {
  readonly probe: string;
  readonly release: string | undefined;
  readonly runs: number;
  readonly answers: number;
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  readonly spread: number;
  /** Further apart than single precision explains. */
  readonly differs: boolean;
}

export interface ProbeStore {
  record(run: ProbeRun): Promise<void>;
  /** Newest first. */
  list(
    system: string,
    range: { readonly from?: Instant; readonly to?: Instant },
    limit: number,
  ): Promise<readonly ProbeRun[]>;
}
