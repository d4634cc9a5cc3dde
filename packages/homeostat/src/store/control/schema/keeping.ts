import type { Generated } from "kysely";
import type { Erasure } from "../../../domain/keeping/erasure.ts";
import type { Retirement } from "../../../domain/keeping/retention.ts";
import type { BodyColumn } from "./body-column.ts";

export interface SecretsTable {
  readonly name: string;
  readonly value: string;
}

export interface ErasuresTable {
  readonly position: Generated<number>;
  readonly system: string;
  readonly at: number;
  readonly body: BodyColumn<Erasure>;
}

export interface RetirementsTable {
  readonly position: Generated<number>;
  readonly system: string;
  readonly at: number;
  readonly body: BodyColumn<Retirement>;
}
