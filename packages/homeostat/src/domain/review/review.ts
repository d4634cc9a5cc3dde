import type { Instant } from "../instant.ts";

/** The health review of a system over one month, as it was written. */
export interface Review {
  readonly system: string;
  /** `2026-10`. */
  readonly month: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly zone: string;
  readonly writtenAt: Instant;
  readonly by: string;
  /** The month in one sentence. */
  readonly headline: string;
  readonly markdown: string;
}

export interface ReviewStore {
  /** The same month written again takes the place of the older one. */
  save(review: Review): Promise<void>;
  get(system: string, month: string): Promise<Review | undefined>;
  /** Newest month first. */
  list(system: string | undefined): Promise<readonly Review[]>;
}
