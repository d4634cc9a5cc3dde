import type { ActionStore } from "../../domain/action/action-run.ts";
import type { HoldStore } from "../../domain/action/serving-hold.ts";
import type { AuditLog } from "../../domain/audit.ts";
import type { BaselineStore } from "../../domain/baseline/baseline.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { SourceStore } from "../../domain/contract/source-store.ts";
import type { DatasetStore } from "../../domain/dataset/dataset.ts";
import type { ExaminationStore } from "../../domain/examination/examination.ts";
import type { FindingStore } from "../../domain/finding/finding.ts";
import type { HookStore } from "../../domain/hook/hook.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { InferenceHalves } from "../../domain/inference/inference-half.ts";
import { invariant } from "../../domain/invariant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { ErasureStore, SecretStore } from "../../domain/keeping/erasure.ts";
import type { RetirementStore } from "../../domain/keeping/retention.ts";
import type { KeyStore } from "../../domain/key/api-key.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import type { ModelStore } from "../../domain/model/model-store.ts";
import type { ChannelStore } from "../../domain/notification/channel-declaration.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";
import type { SpentLinkStore } from "../../domain/oncall/act-link.ts";
import type { EscalationStore } from "../../domain/oncall/escalation.ts";
import type { EscalationPolicyStore } from "../../domain/oncall/escalation-policy.ts";
import type { SilenceStore } from "../../domain/oncall/mute.ts";
import type { ScheduleStore } from "../../domain/oncall/schedule.ts";
import type { PostmortemStore } from "../../domain/postmortem/postmortem.ts";
import type { TraceStore } from "../../domain/postmortem/trace.ts";
import type { ProbeStore } from "../../domain/probe/probe.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import type { ReviewStore } from "../../domain/review/review.ts";
import type { SystemStore } from "../../domain/system/system.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import { createActionStore, createHoldStore } from "./action-store.ts";
import { createAuditLog } from "./audit-log.ts";
import { createBaselineStore } from "./baseline-store.ts";
import { startBoss } from "./boss.ts";
import { createChangeStore } from "./change-store.ts";
import { createChannelStore } from "./channel-store.ts";
import { type ControlDatabase, createControlDatabase, inTransaction } from "./control-database.ts";
import { dumpControl, type TakeRows } from "./control-dump.ts";
import type { ControlStoreListener } from "./control-store-event.ts";
import { createDatasetStore } from "./dataset-store.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { createExaminationStore, createProbeStore } from "./examination-store.ts";
import { createFindingStore } from "./finding-store.ts";
import { createHookStore } from "./hook-store.ts";
import { createIncidentStore } from "./incident-store.ts";
import { createInferenceHalfStore } from "./inference-half-store.ts";
import { ControlJobQueue } from "./job-queue.ts";
import { createErasureStore, createRetirementStore, createSecretStore } from "./keeping-store.ts";
import { createKeyStore } from "./key-store.ts";
import { createLineageStore } from "./lineage-store.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/migrations.ts";
import { createModelStore } from "./model-store.ts";
import {
  createEscalationPolicyStore,
  createEscalationStore,
  createScheduleStore,
  createSilenceStore,
  createSpentLinkStore,
} from "./oncall-store.ts";
import { openPgliteEngine } from "./pglite-engine.ts";
import { openPostgresEngine } from "./postgres-engine.ts";
import { createPostmortemStore } from "./postmortem-store.ts";
import { createReleaseStore } from "./release-store.ts";
import { createReviewStore } from "./review-store.ts";
import { createSourceStore } from "./source-store.ts";
import { faultOf, type SqlEngine, withSession } from "./sql-engine.ts";
import { createSystemStore } from "./system-store.ts";
import { createTraceStore } from "./trace-store.ts";
import { createWindowStore } from "./window-store.ts";

/** One store per noun. */
interface ControlNouns {
  readonly systems: SystemStore;
  readonly sources: SourceStore;
  readonly datasets: DatasetStore;
  readonly models: ModelStore;
  readonly baselines: BaselineStore;
  readonly releases: ReleaseStore;
  readonly changes: ChangeStore;
  readonly hooks: HookStore;
  readonly lineage: LineageStore;
  readonly halves: InferenceHalves;
  readonly windows: WindowStore;
  readonly examinations: ExaminationStore;
  readonly probes: ProbeStore;
  readonly findings: FindingStore;
  readonly incidents: IncidentStore;
  readonly postmortems: PostmortemStore;
  readonly actions: ActionStore;
  readonly reviews: ReviewStore;
  readonly holds: HoldStore;
  readonly traces: TraceStore;
  readonly keys: KeyStore;
  readonly declaredChannels: ChannelStore;
  readonly deliveries: DeliveryStore;
  readonly audit: AuditLog;
  readonly erasures: ErasureStore;
  readonly retirements: RetirementStore;
  readonly secrets: SecretStore;
  readonly schedules: ScheduleStore;
  readonly policies: EscalationPolicyStore;
  readonly silences: SilenceStore;
  readonly escalations: EscalationStore;
  readonly spentLinks: SpentLinkStore;
}

/** What may be done inside one transaction: any store, and sending jobs that exist when it commits. */
interface ControlTransaction extends ControlNouns {
  readonly jobs: Pick<JobQueue, "send">;
}

export interface ControlStore extends ControlNouns {
  readonly engine: "pglite" | "postgres";
  readonly jobs: JobQueue;
  /**
   * Does all of the work or nothing. Use only what is passed in; the store itself refuses to be used from inside.
   * Keep it short: on PGlite everybody else waits.
   */
  transaction<T>(work: (inside: ControlTransaction) => Promise<T>): Promise<T>;
  /** Every row as it is at one moment, for a backup; see `dumpControl`. */
  dump(take: TakeRows): Promise<number>;
  /** Resolves when the database answers. @throws Fault `control-store-unavailable`. */
  probe(): Promise<void>;
  /** Gives running jobs back to the queue at once (call `jobs.stop` before to let them finish), then closes. */
  close(): Promise<void>;
}

export interface ControlStoreOptions {
  /** `postgres://…`: a server. Without it an embedded database in `directory`. */
  readonly url?: string;
  readonly directory?: string;
  readonly onEvent: ControlStoreListener;
}

/**
 * Opens the control store: connects or starts the embedded database (making it first where there is none), brings its
 * schema to the newest step, and takes up jobs that a dead process left behind. One process at a time may have an
 * embedded directory open; the caller holds the lock. Cost: 0.5 s embedded, 3 s more the first time.
 * @throws Fault `control-store-unavailable`, `control-store-failed`, `data-directory-corrupt`,
 * `data-directory-newer`, `data-directory-unwritable`.
 */
export async function openControlStore(options: ControlStoreOptions): Promise<ControlStore> {
  const { onEvent } = options;
  const engine = await openEngine(options);
  try {
    const steps = await migrate(engine, migrations);
    if (steps.length > 0) onEvent({ kind: "migrated", steps });
    const boss = await startBoss(engine, onEvent);
    const database = createControlDatabase(engine);
    const jobs = new ControlJobQueue(database, boss, engine.kind, onEvent);
    await jobs.recover();
    return storeOver(engine, database, jobs);
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
}

async function openEngine({ url, directory, onEvent }: ControlStoreOptions): Promise<SqlEngine> {
  if (url !== undefined) {
    return openPostgresEngine(url, (thrown) =>
      onEvent({ kind: "connection-lost", reason: faultOf(thrown).detail.reason?.toString() ?? "unknown" }),
    );
  }
  invariant(directory !== undefined, "a control store needs an address or a directory");
  return openPgliteEngine(directory);
}

function storeOver(engine: SqlEngine, database: ControlDatabase, jobs: ControlJobQueue): ControlStore {
  return {
    ...nounsOver(database),
    engine: engine.kind,
    jobs,
    transaction: async (work) => {
      const answer = await inTransaction(database, (inside) =>
        work({
          ...nounsOver(inside),
          jobs: { send: (kind, payload, options) => jobs.sendWithin(inside, kind, payload, options) },
        }),
      );
      jobs.nudge();
      return answer;
    },
    dump: (take) => dumpControl(engine, take),
    probe: async () => {
      await withSession(engine, (session) => session.run("select 1", []));
    },
    close: async () => {
      await jobs.stop(0);
      await engine.close();
    },
  };
}

function nounsOver(database: ControlDatabase): ControlNouns {
  return {
    systems: createSystemStore(database),
    sources: createSourceStore(database),
    datasets: createDatasetStore(database),
    models: createModelStore(database),
    baselines: createBaselineStore(database),
    releases: createReleaseStore(database),
    changes: createChangeStore(database),
    hooks: createHookStore(database),
    lineage: createLineageStore(database),
    halves: createInferenceHalfStore(database),
    windows: createWindowStore(database),
    examinations: createExaminationStore(database),
    probes: createProbeStore(database),
    findings: createFindingStore(database),
    incidents: createIncidentStore(database),
    postmortems: createPostmortemStore(database),
    actions: createActionStore(database),
    reviews: createReviewStore(database),
    holds: createHoldStore(database),
    traces: createTraceStore(database),
    keys: createKeyStore(database),
    declaredChannels: createChannelStore(database),
    deliveries: createDeliveryStore(database),
    audit: createAuditLog(database),
    erasures: createErasureStore(database),
    retirements: createRetirementStore(database),
    secrets: createSecretStore(database),
    schedules: createScheduleStore(database),
    policies: createEscalationPolicyStore(database),
    silences: createSilenceStore(database),
    escalations: createEscalationStore(database),
    spentLinks: createSpentLinkStore(database),
  };
}
