import type { Baseline } from "../../../domain/baseline/baseline.ts";
import type { BodyColumn } from "./body-column.ts";

export interface BaselinesTable {
  readonly system: string;
  readonly id: string;
  readonly created_at: number;
  readonly body: BodyColumn<Baseline>;
}
