import type { ActionRun, ActionState } from "../../../domain/action/action-run.ts";
import type { ServingHold } from "../../../domain/action/serving-hold.ts";
import type { BodyColumn } from "./body-column.ts";

export interface ActionRunsTable {
  readonly incident: number;
  readonly action: string;
  readonly system: string;
  /** See `deedKey`. */
  readonly deed: string;
  readonly state: ActionState;
  readonly changed_at: number;
  readonly body: BodyColumn<ActionRun>;
}

export interface ServingHoldsTable {
  readonly system: string;
  readonly incident: number;
  readonly action: string;
  readonly since: number;
  readonly body: BodyColumn<ServingHold>;
}
