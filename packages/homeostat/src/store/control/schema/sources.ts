import type { GeneratedAlways } from "kysely";
import type { SourceVersion } from "../../../domain/contract/source-store.ts";
import type { BodyColumn } from "./body-column.ts";

/** Versions of contracts, oldest first by position. */
export interface SourceVersionsTable {
  readonly position: GeneratedAlways<number>;
  readonly id: string;
  readonly digest: string;
  readonly since: number;
  readonly body: BodyColumn<SourceVersion>;
}
