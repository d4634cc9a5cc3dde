import type { Generated } from "kysely";
import type { Examination } from "../../../domain/examination/examination.ts";
import type { ProbeRun } from "../../../domain/probe/probe.ts";
import type { BodyColumn } from "./body-column.ts";

export interface ExaminationsTable {
  readonly system: string;
  readonly kind: Examination["kind"];
  readonly start: number;
  readonly at: number;
  readonly body: BodyColumn<Examination>;
}

export interface ProbeRunsTable {
  readonly position: Generated<number>;
  readonly system: string;
  readonly at: number;
  readonly body: BodyColumn<ProbeRun>;
}
