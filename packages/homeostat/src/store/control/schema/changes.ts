import type { Change } from "../../../domain/change/change.ts";
import type { BodyColumn } from "./body-column.ts";

export interface ChangesTable {
  readonly id: string;
  readonly system: string | null;
  readonly time: number;
  readonly body: BodyColumn<Change>;
}
