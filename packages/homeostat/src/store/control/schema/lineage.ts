import type { GeneratedAlways } from "kysely";
import type { ColumnStep } from "../../../domain/lineage/lineage.ts";
import type { LineageRun } from "../../../domain/lineage/lineage-run.ts";
import type { BodyColumn } from "./body-column.ts";

export interface LineageNodesTable {
  readonly name: string;
  readonly title: string | null;
  readonly version: string | null;
  readonly facts: BodyColumn<Readonly<Record<string, unknown>>>;
  readonly first_seen: number;
  readonly last_seen: number;
}

export interface LineageRunsTable {
  readonly id: string;
  readonly job: string;
  readonly body: BodyColumn<LineageRun>;
}

/** A partial unique index allows one edge without an end between two components. */
export interface LineageEdgesTable {
  readonly position: GeneratedAlways<number>;
  readonly from_name: string;
  readonly to_name: string;
  readonly columns: BodyColumn<readonly ColumnStep[]>;
  readonly told_by: string;
  readonly run: string | null;
  readonly since: number;
  readonly until: number | null;
}
