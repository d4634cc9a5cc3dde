import type { Review } from "../../../domain/review/review.ts";
import type { BodyColumn } from "./body-column.ts";

export interface ReviewsTable {
  readonly system: string;
  readonly month: string;
  readonly body: BodyColumn<Review>;
}
