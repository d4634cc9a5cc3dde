import type { JobKind } from "../../domain/job/job-queue.ts";

/** How jobs of a kind are treated. */
export interface JobRule {
  /** Jobs of the kind at a time in one process. */
  readonly concurrency: number;
  /** Runs after the first one, where `send` does not say otherwise. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  /** Doubles the delay with every retry and spreads it. */
  readonly retryBackoff: boolean;
  /** A run that takes longer is aborted and counts as failed. */
  readonly limitSeconds: number;
}

export const jobRules: Readonly<Record<JobKind, JobRule>> = {
  train: { concurrency: 1, retryLimit: 1, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 4 * 3_600 },
  release: { concurrency: 1, retryLimit: 1, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 3_600 },
  baseline: { concurrency: 1, retryLimit: 1, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 3_600 },
  sense: { concurrency: 2, retryLimit: 3, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 1_800 },
  diagnose: { concurrency: 2, retryLimit: 3, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 1_800 },
  dataset: { concurrency: 1, retryLimit: 0, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 4 * 3_600 },
  verify: { concurrency: 1, retryLimit: 1, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 4 * 3_600 },
  examine: { concurrency: 1, retryLimit: 1, retryDelaySeconds: 5, retryBackoff: true, limitSeconds: 1_800 },
  probe: { concurrency: 1, retryLimit: 0, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 300 },
  retain: { concurrency: 1, retryLimit: 3, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 4 * 3_600 },
  act: { concurrency: 1, retryLimit: 3, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 300 },
  review: { concurrency: 1, retryLimit: 5, retryDelaySeconds: 10, retryBackoff: true, limitSeconds: 1_800 },
  retrain: { concurrency: 1, retryLimit: 0, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 4 * 3_600 },
  backup: { concurrency: 1, retryLimit: 0, retryDelaySeconds: 1, retryBackoff: false, limitSeconds: 4 * 3_600 },
  escalate: { concurrency: 4, retryLimit: 8, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 120 },
  notify: { concurrency: 4, retryLimit: 8, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 120 },
  deliver: { concurrency: 4, retryLimit: 3, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 300 },
  lineage: { concurrency: 2, retryLimit: 20, retryDelaySeconds: 1, retryBackoff: true, limitSeconds: 60 },
};

/**
 * Signs of life. A process says every `heartbeatMs` that it still works on its jobs; a job whose process has been
 * silent for `silenceSeconds` is taken up by another one. An embedded database has one process only, so there every
 * job found running at start is taken up at once.
 */
export const heartbeatMs = 5_000;
export const silenceSeconds = 30;
/**
 * How often to look for jobs that other processes sent; what this process sends does not wait for it. On a server the
 * shortest interval that pg-boss allows its own workers; an embedded database has no other processes.
 */
export const pollMs = { postgres: 500, pglite: 5_000 } as const;
/** A job during which a process ended this often is given up: it may be what ends them. */
export const maxInterruptions = 5;
