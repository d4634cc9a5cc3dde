import type { Dataset } from "../../../domain/dataset/dataset.ts";
import type { BodyColumn } from "./body-column.ts";

export interface DatasetsTable {
  readonly system: string;
  readonly digest: string;
  readonly created_at: number;
  readonly body: BodyColumn<Dataset>;
}
