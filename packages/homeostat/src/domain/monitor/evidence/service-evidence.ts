import type { ServiceCounts } from "../../baseline/service-counts.ts";

/** How serving normally goes. */
export interface ServiceEvidence {
  /** False where old rows are replayed: how fast they were answered says how hard the replay pushed. */
  readonly isLive: boolean;
  /**
   * `baseline`: the reference windows, frozen with the release. `windows-before`: the reference is a dataset that nobody
   * served, so the windows before this one say what is normal, those with a critical finding left out.
   */
  readonly origin: "baseline" | "windows-before";
  /** One record for each such window, by segment key. */
  readonly normal: readonly ReadonlyMap<string, ServiceCounts>[];
}
