import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { Window } from "../window/window.ts";
import type { ContractTally } from "./contract-verdict.ts";
import type { RuleResult } from "./judge-rules.ts";

/** How the pipeline in front of a system did over some rows. Times in milliseconds; undefined where there are no rows. */
export interface SourceHealth {
  readonly rows: number;
  /** Age of the newest event when it was received. */
  readonly freshnessMs: number | undefined;
  /** From event to receipt: the median. */
  readonly delayMs: number | undefined;
  /** From receipt to being stored: what 95 % of the rows stay within. */
  readonly processingMs: number | undefined;
  /** Share of the rows, in 0..1, that break no rule of the contract. */
  readonly completeness: number | undefined;
  readonly nulls: readonly { readonly field: string; readonly share: number }[];
  readonly firstReceivedAt: Instant | undefined;
  readonly lastReceivedAt: Instant | undefined;
}

/** What a contract check of one window of one system found. */
export interface ContractWindow {
  readonly window: Window;
  readonly contractVersion: string;
  readonly results: readonly RuleResult[];
  readonly health: SourceHealth;
  /** Its rows took much longer to be stored than those of the windows before. */
  readonly isSlow?: boolean;
}

/** The rows of one shipped block, as they were stored together. */
export interface BatchHealth {
  readonly at: Instant;
  readonly rows: number;
  /** Age of the newest event when it was received. */
  readonly freshnessMs: number;
  /** From the first receipt to being stored. */
  readonly processingMs: number;
  /** Share of the rows, in 0..1, that break no rule; undefined where they were held to none. */
  readonly completeness: number | undefined;
}

/** Checks of windows in the data plane: counted in SQL over the rows, kept with the window. */
export interface ContractWindowStore {
  /** Counts the rules and the health over the rows of a stretch of event time, now. */
  check(system: System, window: Window): Promise<ContractWindow>;
  /** Keeps a check; `touches` is how often the window had been touched when its rows were read. */
  save(system: string, checked: ContractWindow, touches: number, at: Instant): Promise<void>;
  /**
   * Checks that were kept, oldest window first; `from` inclusive, `to` exclusive, by the window's start; `last`: only so
   * many of the newest.
   */
  list(
    system: string,
    range: { readonly from?: Instant; readonly to?: Instant; readonly last?: number },
  ): Promise<readonly ContractWindow[]>;
  /** The same, counted by how the rules did; oldest window first. */
  tallies(system: string, range: { readonly from?: Instant; readonly to?: Instant }): Promise<readonly ContractTally[]>;
  /** By start of the window: how often it had been touched when it was last checked. */
  checkedTouches(system: string): Promise<ReadonlyMap<Instant, number>>;
  /** The blocks of predictions of the last day that stored anything, newest first. */
  batches(system: System, limit: number): Promise<readonly BatchHealth[]>;
}

/** Rows that arrive this long after their event were not late: somebody sent the past. */
export const backfillMs = 7 * 86_400_000;
