import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleepFor } from "node:timers/promises";
import type { Cancellation } from "../domain/cancellation.ts";
import { createSkewMeter } from "../domain/clock-skew.ts";
import type { BlobStore } from "../domain/dataset/blob-store.ts";
import type { Clock } from "../domain/instant.ts";
import { minuteMs, secondMs } from "../domain/instant.ts";
import type { InputRow } from "../domain/pipeline/pipeline.ts";
import type { Spool, SpoolFiles } from "../domain/spool/spool.ts";
import type { System } from "../domain/system/system.ts";
import { createExpressionChecker } from "../engine/check-expression.ts";
import { createFeatureComputer } from "../engine/compute-features.ts";
import { type Answered, predict } from "../gateway/predict.ts";
import { createServedReleases } from "../gateway/served-release.ts";
import { createServerMeter } from "../http/metrics/server-meter.ts";
import type { House, PartState } from "../http/route/house.ts";
import { createChannels } from "../notify/channels.ts";
import { createEventSender } from "../notify/openlineage/create-event-sender.ts";
import { createForestRuntime } from "../runtime/forest-runtime.ts";
import { createRowClassifier } from "../runtime/separate-rows.ts";
import { createForestTrainer } from "../runtime/train-forest.ts";
import { createLinkSigner } from "../service/act/act-link-signer.ts";
import { createShipper, type Shipper } from "../service/intake/shipper.ts";
import { takePredictions } from "../service/intake/take-rows.ts";
import { createQuietGate } from "../service/keep/quiet-gate.ts";
import { tellByJob } from "../service/learn/own-runs.ts";
import { createSloWatch } from "../service/sense/check-slos.ts";
import { createSenses } from "../service/sense/evaluate-due-windows.ts";
import { createLocalBlobs } from "../store/blob/local-blobs.ts";
import { createS3Blobs } from "../store/blob/s3-blobs.ts";
import { createUploadShelf } from "../store/blob/upload-shelf.ts";
import type { ControlStore } from "../store/control/open-control-store.ts";
import { rememberSystems } from "../store/control/remember-systems.ts";
import { createCellStore } from "../store/data/cell-store.ts";
import { createColumnarReader } from "../store/data/columnar-reader.ts";
import { createContractStore } from "../store/data/contract-store.ts";
import { type DataClient, openDataClient } from "../store/data/data-client.ts";
import { createDatasetFiles } from "../store/data/dataset-files.ts";
import { createDatasetReader } from "../store/data/dataset-reader.ts";
import { createDatasetShelf } from "../store/data/dataset-shelf.ts";
import { createEventStore } from "../store/data/event-store.ts";
import { openGapLog } from "../store/data/gap-log.ts";
import { createLabelStore } from "../store/data/label-store.ts";
import { createPredictionLog } from "../store/data/prediction-log.ts";
import { createProfileStore } from "../store/data/profile-store.ts";
import { createQuarantineStore } from "../store/data/quarantine-store.ts";
import { createRowFacts } from "../store/data/row-facts.ts";
import { createRowKeeper } from "../store/data/row-keeper.ts";
import { createRowSampler } from "../store/data/row-sampler.ts";
import { ensureSharedTables } from "../store/data/shared-table.ts";
import { createSliceStore } from "../store/data/slice-store.ts";
import { createSloStore } from "../store/data/slo-store.ts";
import type { FileDoor } from "../store/data/stage-rows.ts";
import { subjectHashOf } from "../store/data/subject-hash.ts";
import { createVerdictStore } from "../store/data/verdict-store.ts";
import type { Config } from "./config.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { Engines } from "./engines.ts";
import type { JobPorts } from "./jobs.ts";
import { startProcessMeter } from "./process-meter.ts";
import type { WriteLog } from "./server-log.ts";

export interface Foundation {
  readonly config: Config;
  readonly directory: DataDirectory;
  readonly engines: Engines;
  readonly control: ControlStore;
  readonly spool: Spool;
  readonly spoolFiles: SpoolFiles;
  readonly clock: Clock;
  readonly log: WriteLog;
  readonly version: string;
  readonly startedAt: number;
  /** Base address of the page; known once the server listens. */
  readonly pageUrl: () => string;
  readonly print: (text: string) => void;
}

export interface Wired {
  readonly house: House;
  readonly jobs: JobPorts;
  readonly shipper: Shipper;
  close(): Promise<void>;
}

/** How long a system or a release stays known before the control store is asked again: what other replicas do is seen within it. */
const releaseRefreshMs = 2 * secondMs;

/** The only place where the rooms meet: builds every service from what implements its ports. */
export async function wire(foundation: Foundation): Promise<Wired> {
  const { config, directory, engines, control, spool, spoolFiles, clock, log } = foundation;
  const data = openDataClient(engines.data);
  const fileClient = openDataClient(engines.compute.shipper);
  const checker = createExpressionChecker(engines.compute.expressions);
  const features = createFeatureComputer(engines.compute.expressions);
  const runtime = createForestRuntime(directory.artifacts);
  const storeFiles = engines.dataFiles === undefined ? undefined : openDataClient(engines.dataFiles);
  const hash = subjectHashOf(await control.secrets.keep("subject-hash", randomBytes(16).toString("hex")));
  const installation = await control.secrets.keep("installation", randomBytes(4).toString("hex"));
  const gate = createQuietGate();
  const door: FileDoor = {
    pathOf: spoolFiles.pathOf,
    files: storeFiles ?? fileClient,
    reaches: storeFiles === undefined ? "the-file-only" : "the-store",
  };
  const events = createEventStore(data, clock, door, hash);
  const profiles = createProfileStore(data);
  const verdicts = createVerdictStore(data);
  const blobs = openBlobs(config.datasets, directory);
  const shelf = createDatasetShelf({
    files: fileClient,
    data,
    blobs,
    directory: directory.datasets,
    datasets: control.datasets,
    hash,
    clock,
  });
  const files = createDatasetFiles(fileClient, createDatasetReader(fileClient, blobs, directory.datasets));
  const contracts = createContractStore(data);
  const served = createServedReleases(
    { releases: control.releases, models: control.models, holds: control.holds, runtime, now: clock.now },
    releaseRefreshMs,
  );
  const systems = rememberSystems(control.systems, clock, releaseRefreshMs);
  await prepareData(data, control, events);
  const quarantine = createQuarantineStore(data);
  const gaps = await openGapLog(data, clock);
  const skews = createSkewMeter();
  const meter = startProcessMeter();

  const shipper = createShipper({
    spool,
    spoolFiles,
    events,
    quarantine,
    gaps,
    windows: control.windows,
    systems,
    jobs: control.jobs,
    clock,
    gate,
    sleep: (ms, cancellation) => sleep(ms, cancellation),
  });
  const diagnosing = {
    ...control,
    systems,
    verdicts,
    slices: createSliceStore(data),
    runtime,
    features,
    clock,
  };
  const house: House = {
    ...control,
    systems,
    rows: createRowKeeper(data, hash),
    gate,
    sleep: (ms) => sleepFor(ms),
    shelf,
    uploads: createUploadShelf(directory.uploads, clock),
    files,
    events,
    log: createPredictionLog(data),
    profiles,
    verdicts,
    slos: createSloStore(data, clock.now),
    cells: createCellStore(data),
    sampler: createRowSampler(data),
    facts: createRowFacts(data),
    features,
    labels: createLabelStore(data),
    contracts,
    spool,
    spoolFiles,
    columnar: createColumnarReader(fileClient),
    quarantine,
    gaps,
    skews,
    meter: createServerMeter(),
    checker,
    clock,
    diagnosing,
    predicting: {
      features,
      clock,
      served: (system) => served.served(system.name),
      log: (system, predictions) => takePredictions({ spool, gaps, clock }, system, predictions),
      onLogGap: (system, rows, reason) => {
        gaps.note(system, "not-logged", rows);
        log({
          level: "error",
          part: "gateway",
          message: `${rows} answers of ${system} were given but not logged`,
          detail: { reason },
        });
      },
      onDegraded: (system, reason) =>
        log({ level: "warn", part: "gateway", message: `${system} answered by a fallback`, detail: { reason } }),
      environment: config.environment,
    },
    parts: () => partsOf(foundation, data, shipper),
    channels: createChannels({
      declared: control.declaredChannels,
      allowPrivate: config.webhookAllowPrivate,
      writeLine: (line) => foundation.print(`${line}\n`),
      mailHosts: config.smtpHosts,
      variables: config.secrets,
      installation,
    }),
    pageUrl: foundation.pageUrl,
    about: {
      version: foundation.version,
      startedAt: foundation.startedAt,
      dataDirectory: directory.path,
      memoryBytes: () => process.memoryUsage.rss(),
      process: meter.read,
    },
    runs: config.openLineage === undefined ? undefined : tellByJob,
    systemChanged: systems.forget,
    releaseChanged: served.invalidate,
    links: createLinkSigner(await control.secrets.keep("act-link", randomBytes(32).toString("hex"))),
    announce: async (incident) => {
      await control.jobs.send("escalate", { incident }, { singleton: `incident-${incident}` });
    },
  };
  const releasing = { ...house, runtime };
  return {
    house,
    shipper,
    jobs: {
      house,
      log,
      training: {
        files,
        trainer: createForestTrainer(),
        runtime,
        transaction: control.transaction,
        runs: house.runs,
        clock,
        directory: directory.artifacts,
      },
      releasing,
      judging: house,
      diagnosing,
      escalating: house,
      paging: {
        ...house,
        get pageUrl() {
          return foundation.pageUrl();
        },
      },
      delivering: { ...house, chance: Math.random },
      lineageSender:
        config.openLineage === undefined
          ? undefined
          : createEventSender({ ...config.openLineage, allowPrivate: config.webhookAllowPrivate }),
      sloWatch: createSloWatch(house),
      probing: { ...house, ask: (system, rows) => askUnlogged(house, system, rows) },
      examining: { ...house, classifier: createRowClassifier() },
      senses: createSenses(house),
      backup: {
        gate,
        control,
        data,
        directory,
        datasetsElsewhere: config.datasets === undefined ? undefined : blobs.place,
        version: foundation.version,
        clock,
      },
    },
    close: async () => {
      served.close();
      meter.stop();
      await gaps.flush().catch(() => undefined);
      await Promise.all([checker.close(), features.close(), data.close(), fileClient.close(), storeFiles?.close()]);
    },
  };
}

/** The gateway's own path without its log: probes are no traffic. */
function askUnlogged(house: House, system: System, rows: readonly InputRow[]): Promise<Answered> {
  const time = house.clock.now();
  const questions = rows.map((inputs, index) => ({ id: `probe-${index}`, time, inputs, cohort: "probe" }));
  return predict({ ...house.predicting, log: async () => undefined }, system, questions, "probe");
}

function openBlobs(place: Config["datasets"], directory: DataDirectory): BlobStore {
  if (place === undefined) return createLocalBlobs(join(directory.datasets, "blobs"));
  return createS3Blobs(place, { sleep: (ms) => sleepFor(ms), random: Math.random });
}

/** Tables that are missing after an upgrade or on a new server are made before anything is served. */
async function prepareData(
  data: DataClient,
  control: ControlStore,
  events: ReturnType<typeof createEventStore>,
): Promise<void> {
  await ensureSharedTables(data);
  for (const { system } of await control.systems.list()) await events.ensureTables(system);
}

const ageMsOf = ({ oldestReceivedAt }: ReturnType<Spool["state"]>, clock: Clock): number =>
  oldestReceivedAt === undefined ? 0 : clock.now() - oldestReceivedAt;

async function partsOf(
  { engines, control, spool, clock }: Foundation,
  data: DataClient,
  shipper: Shipper,
): Promise<readonly PartState[]> {
  const store = await control.probe().then(
    () => ({ part: "control-store", ready: true, detail: control.engine }),
    (thrown: unknown) => ({
      part: "control-store",
      ready: false,
      detail: thrown instanceof Error ? thrown.message : "unknown",
    }),
  );
  const answers = await data.ping();
  const state = spool.state();
  const shipping = shipper.state();
  return [
    ...engines.parts(),
    { part: "data-store", ready: answers, detail: answers ? "answers" : "does not answer" },
    store,
    {
      part: "spool",
      ready: state.bytes < state.limitBytes && ageMsOf(state, clock) <= state.limitAgeMs,
      detail: `${state.rows} rows, ${(state.bytes / 1e6).toFixed(1)} of ${(state.limitBytes / 1e6).toFixed(0)} MB`,
    },
    {
      part: "shipper",
      ready: shipping.kind === "shipping",
      detail: shipping.kind === "shipping" ? "shipping" : `stuck: ${shipping.reason}`,
    },
  ];
}

async function sleep(ms: number, cancellation: Cancellation): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  cancellation.addEventListener("abort", stop, { once: true });
  try {
    await sleepFor(Math.min(ms, minuteMs), undefined, { signal: controller.signal });
  } catch {
    // Cancelled: the caller looks at its cancellation.
  } finally {
    cancellation.removeEventListener("abort", stop);
  }
}
