import type { Fault } from "../../domain/fault.ts";
import type { JobKind } from "../../domain/job/job-queue.ts";

/** What happens in the control store without anybody asking: for logs and metrics. */
export type ControlStoreEvent =
  | { readonly kind: "migrated"; readonly steps: readonly number[] }
  /** An idle connection to the server was lost; the next use makes a new one. */
  | { readonly kind: "connection-lost"; readonly reason: string }
  /** The queue could not be read or kept up; it is tried again. */
  | { readonly kind: "queue-trouble"; readonly fault: Fault }
  | {
      readonly kind: "job-failed";
      readonly id: string;
      readonly job: JobKind;
      readonly reason: string;
      /** What the handler threw. */
      readonly thrown: unknown;
      readonly next: "tried-again" | "given-up";
    }
  /** A process ended while it worked on the job. */
  | {
      readonly kind: "job-interrupted";
      readonly id: string;
      readonly job: JobKind;
      readonly next: "tried-again" | "given-up";
    }
  /** This process worked on a job that another one has taken over meanwhile; what it found is dropped. */
  | { readonly kind: "job-lost"; readonly id: string; readonly job: JobKind };

export type ControlStoreListener = (event: ControlStoreEvent) => void;
