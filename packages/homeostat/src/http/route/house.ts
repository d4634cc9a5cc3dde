import type { ActionStore } from "../../domain/action/action-run.ts";
import type { HoldStore } from "../../domain/action/serving-hold.ts";
import type { AuditLog } from "../../domain/audit.ts";
import type { BaselineStore } from "../../domain/baseline/baseline.ts";
import type { CellStore } from "../../domain/baseline/cell-store.ts";
import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import type { RowFacts } from "../../domain/baseline/row-facts.ts";
import type { RowSampler } from "../../domain/baseline/row-sampler.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { SkewMeter } from "../../domain/clock-skew.ts";
import type { ColumnarReader } from "../../domain/columnar/columnar.ts";
import type { ContractWindowStore } from "../../domain/contract/contract-window.ts";
import type { SourceStore } from "../../domain/contract/source-store.ts";
import type { DatasetStore } from "../../domain/dataset/dataset.ts";
import type { DatasetFiles } from "../../domain/dataset/dataset-files.ts";
import type { DatasetShelf, UploadShelf } from "../../domain/dataset/dataset-shelf.ts";
import type { ExpressionChecker } from "../../domain/engine/expression.ts";
import type { ExaminationStore } from "../../domain/examination/examination.ts";
import type { FindingStore } from "../../domain/finding/finding.ts";
import type { GapLog } from "../../domain/gap/gap.ts";
import type { HookStore } from "../../domain/hook/hook.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { InferenceHalves } from "../../domain/inference/inference-half.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { ErasureStore } from "../../domain/keeping/erasure.ts";
import type { RetirementStore } from "../../domain/keeping/retention.ts";
import type { RowKeeper } from "../../domain/keeping/row-keeper.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import type { ModelStore } from "../../domain/model/model-store.ts";
import type { VerdictStore } from "../../domain/monitor/verdict.ts";
import type { ChannelStore } from "../../domain/notification/channel-declaration.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";
import type { ChannelFactory } from "../../domain/notification/notification.ts";
import type { LinkSigner, SpentLinkStore } from "../../domain/oncall/act-link.ts";
import type { EscalationStore } from "../../domain/oncall/escalation.ts";
import type { EscalationPolicyStore } from "../../domain/oncall/escalation-policy.ts";
import type { SilenceStore } from "../../domain/oncall/mute.ts";
import type { ScheduleStore } from "../../domain/oncall/schedule.ts";
import type { FeatureComputer } from "../../domain/pipeline/pipeline.ts";
import type { PostmortemStore } from "../../domain/postmortem/postmortem.ts";
import type { TraceStore } from "../../domain/postmortem/trace.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { LabelStore } from "../../domain/prediction/label-store.ts";
import type { PredictionLog } from "../../domain/prediction/prediction-log.ts";
import type { ProbeStore } from "../../domain/probe/probe.ts";
import type { QuarantineStore } from "../../domain/quarantine/quarantine.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import type { ReviewStore } from "../../domain/review/review.ts";
import type { SloStore } from "../../domain/slo/slo-store.ts";
import type { Spool, SpoolFiles } from "../../domain/spool/spool.ts";
import type { SystemStore } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import type { PredictPorts } from "../../gateway/predict.ts";
import type { DiagnosisPorts } from "../../service/judge/diagnose-incident.ts";
import type { QuietGate } from "../../service/keep/quiet-gate.ts";
import type { RunTeller } from "../../service/learn/own-runs.ts";
import type { ServerMeter } from "../metrics/server-meter.ts";

/** Everything the handlers reach, by port. `app` fills it; nothing here knows an engine or a disk. */
export interface House {
  readonly systems: SystemStore;
  readonly sources: SourceStore;
  readonly datasets: DatasetStore;
  readonly rows: RowKeeper;
  readonly erasures: ErasureStore;
  readonly retirements: RetirementStore;
  readonly gate: QuietGate;
  readonly sleep: (ms: number) => Promise<void>;
  readonly shelf: DatasetShelf;
  readonly uploads: UploadShelf;
  readonly files: DatasetFiles;
  readonly models: ModelStore;
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
  readonly changes: ChangeStore;
  readonly hooks: HookStore;
  readonly lineage: LineageStore;
  readonly windows: WindowStore;
  readonly findings: FindingStore;
  readonly incidents: IncidentStore;
  readonly postmortems: PostmortemStore;
  readonly traces: TraceStore;
  readonly declaredChannels: ChannelStore;
  readonly actions: ActionStore;
  readonly reviews: ReviewStore;
  readonly holds: HoldStore;
  readonly audit: AuditLog;
  readonly deliveries: DeliveryStore;
  readonly schedules: ScheduleStore;
  readonly policies: EscalationPolicyStore;
  readonly silences: SilenceStore;
  readonly escalations: EscalationStore;
  readonly spentLinks: SpentLinkStore;
  readonly links: LinkSigner;
  readonly channels: ChannelFactory;
  readonly events: EventStore;
  readonly log: PredictionLog;
  readonly profiles: ProfileStore;
  readonly labels: LabelStore;
  readonly verdicts: VerdictStore;
  readonly slos: SloStore;
  readonly cells: CellStore;
  readonly sampler: RowSampler;
  readonly facts: RowFacts;
  /** Computes vectors with the engine that answers questions. */
  readonly features: FeatureComputer;
  readonly contracts: ContractWindowStore;
  readonly examinations: ExaminationStore;
  readonly probes: ProbeStore;
  readonly jobs: JobQueue;
  readonly transaction: Transact<HouseNouns>;
  /** undefined: nobody is told of our own runs. */
  readonly runs: RunTeller | undefined;
  readonly spool: Spool;
  readonly halves: InferenceHalves;
  readonly spoolFiles: SpoolFiles;
  readonly columnar: ColumnarReader;
  readonly quarantine: QuarantineStore;
  readonly gaps: GapLog;
  readonly skews: SkewMeter;
  readonly checker: ExpressionChecker;
  readonly predicting: PredictPorts;
  readonly diagnosing: DiagnosisPorts & { readonly systems: SystemStore };
  readonly meter: ServerMeter;
  readonly clock: Clock;
  readonly parts: () => Promise<readonly PartState[]>;
  readonly about: {
    readonly version: string;
    readonly startedAt: Instant;
    readonly dataDirectory: string;
    memoryBytes(): number;
    /** Processor time, heap and the delay of the event loop since the last reading. */
    process(): {
      readonly cpuSeconds: number;
      readonly heapBytes: number;
      readonly eventLoopDelay: readonly { readonly share: number; readonly seconds: number }[];
    };
  };
  /** Base address of the page, for links; known once the server listens. */
  pageUrl(): string;
  /** Called after a declaration was saved, so that it is read anew. */
  systemChanged(system: string): void;
  /** Called after a release went live or back, so that the gateway asks anew. */
  releaseChanged(system: string): void;
  /** Something happened to an incident: whoever is to be told is told. */
  announce(incident: number): Promise<void>;
}

/** What may be used together inside one transaction. */
interface HouseNouns {
  readonly sources: SourceStore;
  readonly erasures: ErasureStore;
  readonly systems: SystemStore;
  readonly datasets: DatasetStore;
  readonly models: ModelStore;
  readonly releases: ReleaseStore;
  readonly changes: ChangeStore;
  readonly hooks: HookStore;
  readonly audit: AuditLog;
  readonly lineage: LineageStore;
  readonly incidents: IncidentStore;
  readonly schedules: ScheduleStore;
  readonly policies: EscalationPolicyStore;
  readonly escalations: EscalationStore;
  readonly spentLinks: SpentLinkStore;
  readonly jobs: Pick<JobQueue, "send">;
}

export interface PartState {
  readonly part: string;
  readonly ready: boolean;
  readonly detail: string;
}
