import type { ActionRunsTable, ServingHoldsTable } from "./actions.ts";
import type { AuditTable } from "./audit.ts";
import type { BaselinesTable } from "./baselines.ts";
import type { ChangesTable } from "./changes.ts";
import type { CountersTable } from "./counters.ts";
import type { DatasetsTable } from "./datasets.ts";
import type { ExaminationsTable, ProbeRunsTable } from "./examinations.ts";
import type { FindingsTable } from "./findings.ts";
import type { HooksTable } from "./hooks.ts";
import type { IncidentsTable, IncidentTimelineTable } from "./incidents.ts";
import type { InferenceHalvesTable } from "./inference-halves.ts";
import type { JobProgressTable } from "./job-progress.ts";
import type { ErasuresTable, RetirementsTable, SecretsTable } from "./keeping.ts";
import type { ApiKeysTable, SessionsTable, SignInTokensTable } from "./keys.ts";
import type { LineageEdgesTable, LineageNodesTable, LineageRunsTable } from "./lineage.ts";
import type { ModelsTable, PipelinesTable } from "./models.ts";
import type {
  EscalationPoliciesTable,
  EscalationsTable,
  OncallOverridesTable,
  PeopleTable,
  ScheduleVersionsTable,
  SilencesTable,
  SpentLinksTable,
} from "./oncall.ts";
import type { ChannelHealthTable, ChannelsTable, OutboxTable } from "./outbox.ts";
import type { IncidentTracesTable, PostmortemsTable } from "./postmortems.ts";
import type { ReleasesTable } from "./releases.ts";
import type { ReviewsTable } from "./reviews.ts";
import type { SourceVersionsTable } from "./sources.ts";
import type { OwnersTable, SystemsTable, SystemVersionsTable } from "./systems.ts";
import type { WindowsTable } from "./windows.ts";

/** Every table of schema `homeostat` as the migrations leave it. */
export interface ControlSchema {
  readonly action_runs: ActionRunsTable;
  readonly serving_holds: ServingHoldsTable;
  readonly audit: AuditTable;
  readonly baselines: BaselinesTable;
  readonly changes: ChangesTable;
  readonly counters: CountersTable;
  readonly datasets: DatasetsTable;
  readonly channels: ChannelsTable;
  readonly channel_health: ChannelHealthTable;
  readonly outbox: OutboxTable;
  readonly examinations: ExaminationsTable;
  readonly probe_runs: ProbeRunsTable;
  readonly findings: FindingsTable;
  readonly hooks: HooksTable;
  readonly incidents: IncidentsTable;
  readonly incident_timeline: IncidentTimelineTable;
  readonly incident_traces: IncidentTracesTable;
  readonly job_progress: JobProgressTable;
  readonly api_keys: ApiKeysTable;
  readonly sessions: SessionsTable;
  readonly sign_in_tokens: SignInTokensTable;
  readonly inference_halves: InferenceHalvesTable;
  readonly lineage_nodes: LineageNodesTable;
  readonly lineage_edges: LineageEdgesTable;
  readonly lineage_runs: LineageRunsTable;
  readonly models: ModelsTable;
  readonly pipelines: PipelinesTable;
  readonly postmortems: PostmortemsTable;
  readonly releases: ReleasesTable;
  readonly reviews: ReviewsTable;
  readonly source_versions: SourceVersionsTable;
  readonly owners: OwnersTable;
  readonly systems: SystemsTable;
  readonly system_versions: SystemVersionsTable;
  readonly windows: WindowsTable;
  readonly secrets: SecretsTable;
  readonly schedule_versions: ScheduleVersionsTable;
  readonly oncall_overrides: OncallOverridesTable;
  readonly escalation_policies: EscalationPoliciesTable;
  readonly people: PeopleTable;
  readonly silences: SilencesTable;
  readonly escalations: EscalationsTable;
  readonly spent_links: SpentLinksTable;
  readonly erasures: ErasuresTable;
  readonly retirements: RetirementsTable;
}
