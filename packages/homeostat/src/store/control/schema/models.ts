import type { Model } from "../../../domain/model/model-store.ts";
import type { Pipeline } from "../../../domain/pipeline/pipeline.ts";
import type { BodyColumn } from "./body-column.ts";

export interface ModelsTable {
  readonly system: string;
  readonly version: string;
  readonly created_at: number;
  readonly body: BodyColumn<Model>;
}

export interface PipelinesTable {
  readonly version: string;
  readonly body: BodyColumn<Pipeline>;
}
