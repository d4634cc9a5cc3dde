import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";

type Value = string | number | boolean | null;

/** One prediction as it is stored, read back to be explained. */
export interface LoggedPrediction {
  readonly id: string;
  readonly time: Instant;
  readonly receivedAt: Instant;
  readonly release: string;
  /** Empty where they are not known (monitor-only systems). */
  readonly model: string;
  readonly pipeline: string;
  readonly servedBy: string;
  readonly environment: string;
  readonly cohort: string;
  readonly caller: string;
  readonly latencyMs: number | undefined;
  readonly costUsd: number | undefined;
  /** Whether the sender told the vector; else the store computed it from the inputs. */
  readonly vectorSeen: boolean;
  /** What the model said, by column. */
  readonly output: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Value>>;
  /** By feature name, of every pipeline whose columns the table has. */
  readonly features: Readonly<Record<string, Value>>;
  readonly state: Readonly<Record<string, string>>;
  /** Seconds, by feature. */
  readonly featureAges: Readonly<Record<string, number>>;
  /** Version of the contract that the row was held against; undefined where it was not. */
  readonly contractVersion: string | undefined;
  /** Rules of the contract that the row broke; undefined where it was not held against one. */
  readonly breaches: readonly string[] | undefined;
  readonly outcomes: readonly LoggedOutcome[];
}

interface LoggedOutcome {
  readonly kind: string;
  readonly name: string;
  readonly unit: string;
  readonly value: Value;
  readonly time: Instant;
  readonly receivedAt: Instant;
}

/** A stretch of event time, `[from, to)`. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** How often a value of the state was seen in each of two stretches. */
export interface StateSeen {
  /** `release`, `environment`, `caller`, … and the keys that senders told, as `state.<key>`. */
  readonly key: string;
  readonly value: string;
  readonly before: number;
  readonly after: number;
  /** Earliest prediction with it between the beginning of the first stretch and the end of the second. */
  readonly first: Instant;
}

export interface StatesSeen {
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly values: readonly StateSeen[];
  /** Keys with too many values to compare one by one: a seed, a session. */
  readonly many: readonly { readonly key: string; readonly before: number; readonly after: number }[];
}

/** Reading single predictions, and which state they depended on. */
export interface PredictionLog {
  find(system: System, id: string): Promise<LoggedPrediction | undefined>;
  /** Cost: one scan of the state columns from the beginning of the first stretch to the end of the second. */
  statesSeen(system: System, before: Stretch, after: Stretch): Promise<StatesSeen>;
}
