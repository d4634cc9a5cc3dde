import type { GeneratedAlways } from "kysely";
import type { AuditEntry } from "../../../domain/audit.ts";
import type { BodyColumn } from "./body-column.ts";

export interface AuditTable {
  readonly position: GeneratedAlways<number>;
  readonly at: number;
  readonly actor: string;
  readonly act: string;
  readonly subject: string;
  readonly detail: BodyColumn<AuditEntry["detail"]>;
}
