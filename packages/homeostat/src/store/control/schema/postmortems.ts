import type { Postmortem, PostmortemState } from "../../../domain/postmortem/postmortem.ts";
import type { IncidentTrace } from "../../../domain/postmortem/trace.ts";
import type { BodyColumn } from "./body-column.ts";

export interface PostmortemsTable {
  readonly incident: number;
  readonly version: number;
  readonly system: string;
  readonly state: PostmortemState;
  readonly at: number;
  readonly author: string;
  readonly body: BodyColumn<Postmortem>;
}

export interface IncidentTracesTable {
  readonly incident: number;
  readonly system: string;
  /** Timeline entries of the incident when the trace was made; -1 when a newer postmortem makes it old. */
  readonly entries: number;
  readonly words: readonly string[];
  readonly word_count: number;
  readonly marks: readonly string[];
  readonly body: BodyColumn<IncidentTrace>;
}
