import type { Instant } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { Sli, SloCount } from "./slo.ts";

/** Indicators that are counted on rows, step by step. Drift is not: its windows are judged already. */
export type CountedSli = Exclude<Sli, { kind: "drift" }>;

/** Length of the stretch that one count is about. */
export const sloStepMs = 300_000;

/** Counts of objectives in the data plane. `key` is a digest of what is counted: another indicator has other counts. */
export interface SloStore {
  /**
   * Counts the events of a stretch and keeps the counts, replacing those that were there. Instants are whole steps; event
   * time, received time for freshness.
   */
  count(
    system: System,
    key: string,
    sli: CountedSli,
    range: { readonly from: Instant; readonly to: Instant },
  ): Promise<void>;
  /** Counts that were kept, oldest first, by their start: `from` inclusive, `to` exclusive; steps without events are left out. */
  counts(
    system: string,
    key: string,
    range: { readonly from: Instant; readonly to: Instant },
  ): Promise<readonly SloCount[]>;
  /** End of the newest step ever counted; undefined: nothing was. */
  countedTo(system: string, key: string): Promise<Instant | undefined>;
}
