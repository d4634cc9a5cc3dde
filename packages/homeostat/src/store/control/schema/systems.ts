import type { GeneratedAlways } from "kysely";
import type { Owner, System } from "../../../domain/system/system.ts";
import type { BodyColumn } from "./body-column.ts";

/** The declaration that counts. */
export interface SystemsTable {
  readonly name: string;
  readonly digest: string;
  readonly applied_at: number;
  readonly body: BodyColumn<System>;
}

/** Every declaration ever applied, oldest first by position. */
export interface SystemVersionsTable extends SystemsTable {
  readonly position: GeneratedAlways<number>;
}

export interface OwnersTable {
  readonly name: string;
  readonly body: BodyColumn<Owner>;
}
