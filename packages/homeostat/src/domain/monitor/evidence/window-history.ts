import type { WindowProfile } from "../../baseline/profile-store.ts";

/** Counts of the windows just before the one that is judged, as they stand now. */
export interface WindowHistory {
  /** Oldest first; windows that were never counted are left out. */
  readonly profiles: readonly WindowProfile[];
}
