import type { GeneratedAlways } from "kysely";
import type { Escalation } from "../../../domain/oncall/escalation.ts";
import type { EscalationPolicy, Person } from "../../../domain/oncall/escalation-policy.ts";
import type { Silence } from "../../../domain/oncall/mute.ts";
import type { MadeOverride, Schedule } from "../../../domain/oncall/schedule.ts";
import type { BodyColumn } from "./body-column.ts";

export interface ScheduleVersionsTable {
  readonly position: GeneratedAlways<number>;
  readonly name: string;
  readonly since: number;
  readonly body: BodyColumn<Schedule>;
}

export interface OncallOverridesTable {
  readonly position: GeneratedAlways<number>;
  readonly id: string;
  readonly schedule: string;
  readonly swap: string | null;
  readonly body: BodyColumn<MadeOverride>;
}

export interface EscalationPoliciesTable {
  readonly name: string;
  readonly body: BodyColumn<EscalationPolicy>;
}

export interface PeopleTable {
  readonly name: string;
  readonly body: BodyColumn<Person>;
}

/** `expired_at` counts, not the field of the body. */
export interface SilencesTable {
  readonly position: GeneratedAlways<number>;
  readonly id: string;
  readonly expired_at: number | null;
  readonly body: BodyColumn<Silence>;
}

export interface EscalationsTable {
  readonly position: GeneratedAlways<number>;
  readonly incident: number;
  readonly policy: string;
  readonly next_at: number | null;
  readonly body: BodyColumn<Escalation>;
}

/** Links that were used: each works once. */
export interface SpentLinksTable {
  readonly id: string;
  readonly at: number;
}
