import type { Incident, IncidentState, TimelineEntry } from "../../../domain/incident/incident.ts";
import type { BodyColumn } from "./body-column.ts";

export interface IncidentsTable {
  readonly number: number;
  readonly system: string;
  readonly state: IncidentState;
  /** Timeline entries so far; the next one gets this position. */
  readonly entries: number;
  readonly body: BodyColumn<Incident>;
}

export interface IncidentTimelineTable {
  readonly incident: number;
  readonly position: number;
  readonly at: number;
  readonly body: BodyColumn<TimelineEntry>;
}
