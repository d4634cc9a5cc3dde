import type { Cancellation } from "../cancellation.ts";

/** Work that survives a restart and is done once, by one replica at a time. */
export interface JobQueue {
  /** Starts working on a kind; `concurrency` jobs at a time in this process. */
  work<P>(kind: JobKind, handler: (job: RunningJob<P>) => Promise<unknown>): Promise<void>;
  /** Puts a job into the queue. With a `singleton` key a waiting job with the same key is enough: no second one is made, and the answer is undefined. */
  send(
    kind: JobKind,
    payload: object,
    options?: { readonly singleton?: string; readonly retryLimit?: number },
  ): Promise<string | undefined>;
  find(id: string): Promise<JobRecord | undefined>;
  /** How many jobs wait and run, by kind; kinds without any are left out. */
  depth(): Promise<readonly { readonly kind: string; readonly state: "waiting" | "running"; readonly jobs: number }[]>;
  /** Waits for running jobs up to the limit; those not finished are taken up again after the next start. */
  stop(limitMs: number): Promise<void>;
}

export const jobKinds = [
  "train",
  "release",
  "baseline",
  "sense",
  "diagnose",
  "escalate",
  "notify",
  "deliver",
  "lineage",
  "dataset",
  "verify",
  "retain",
  "examine",
  "probe",
  "backup",
  "act",
  "retrain",
  "review",
] as const;
export type JobKind = (typeof jobKinds)[number];

export interface RunningJob<P> {
  readonly id: string;
  readonly payload: P;
  /** Aborted when the process stops or the job's time is over. */
  readonly signal: Cancellation;
  /** What the job is doing now, with the share done where it is known. Kept so that callers can watch. */
  progress(step: string, share?: number): Promise<void>;
}

export interface JobRecord {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: "waiting" | "running" | "done" | "failed";
  readonly step: string | undefined;
  readonly progress: number | undefined;
  readonly result: unknown;
  readonly error: string | undefined;
}
