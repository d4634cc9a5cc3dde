import type { Finding } from "../../../domain/finding/finding.ts";
import type { BodyColumn } from "./body-column.ts";

/** `withdrawn_at` counts, not the field of the body. */
export interface FindingsTable {
  readonly id: string;
  readonly system: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly withdrawn_at: number | null;
  readonly body: BodyColumn<Finding>;
}
