import { readFileSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { reasonOf } from "../domain/fault.ts";
import { type Clock, type Instant, minuteMs, secondMs } from "../domain/instant.ts";
import type { ApiKey } from "../domain/key/api-key.ts";
import type { Spool } from "../domain/spool/spool.ts";
import type { System } from "../domain/system/system.ts";
import { silenceMayBeDue, silenceReach } from "../domain/window/empty-windows.ts";
import { createAccess, createFirstAccess, type FirstAccess } from "../http/access.ts";
import type { Handlers } from "../http/handler.ts";
import type { ServerMeter } from "../http/metrics/server-meter.ts";
import { actionHandlers } from "../http/route/action-routes.ts";
import { baselineHandlers } from "../http/route/baseline-routes.ts";
import { channelHandlers } from "../http/route/channel-routes.ts";
import { datasetHandlers } from "../http/route/dataset-routes.ts";
import { diagnosisHandlers } from "../http/route/diagnosis-routes.ts";
import { estimateHandlers } from "../http/route/estimate-routes.ts";
import { eventHandlers } from "../http/route/event-routes.ts";
import { examinationHandlers } from "../http/route/examination-routes.ts";
import { hookHandlers } from "../http/route/hook-routes.ts";
import { incidentHandlers } from "../http/route/incident-routes.ts";
import { intakeHandlers } from "../http/route/intake-routes.ts";
import { keepingHandlers } from "../http/route/keeping-routes.ts";
import { labelHandlers } from "../http/route/label-routes.ts";
import { learningHandlers } from "../http/route/learning-routes.ts";
import { lineageHandlers } from "../http/route/lineage-routes.ts";
import { metricsHandlers } from "../http/route/metrics-routes.ts";
import { monitorHandlers } from "../http/route/monitor-routes.ts";
import { oncallHandlers } from "../http/route/oncall-routes.ts";
import { postmortemHandlers } from "../http/route/postmortem-routes.ts";
import { quarantineHandlers } from "../http/route/quarantine-routes.ts";
import { reviewHandlers } from "../http/route/review-routes.ts";
import { sensingHandlers } from "../http/route/sensing-routes.ts";
import { silenceHandlers } from "../http/route/silence-routes.ts";
import { sloHandlers } from "../http/route/slo-routes.ts";
import { sourceHandlers } from "../http/route/source-routes.ts";
import { stateHandlers } from "../http/route/state-routes.ts";
import { systemHandlers } from "../http/route/system-routes.ts";
import { hashOf, newId, newKeySecret } from "../http/secret.ts";
import { type HttpServer, serve } from "../http/serve.ts";
import { giveUpHalves } from "../service/intake/give-up-halves.ts";
import { fileOf } from "../service/intake/ship-file.ts";
import { openSpool } from "../spool/open-spool.ts";
import { openSpoolFiles } from "../spool/spool-files.ts";
import { type ControlStore, openControlStore } from "../store/control/open-control-store.ts";
import type { Config } from "./config.ts";
import { acquireDataDirectory, type DataDirectory } from "./data-directory.ts";
import { startEngines } from "./engines.ts";
import { sendDueExaminations } from "./examine-jobs.ts";
import { workJobs } from "./jobs.ts";
import { sendDueReviews } from "./learn-jobs.ts";
import type { WriteLog } from "./server-log.ts";
import { wire } from "./wiring.ts";

export interface RunningServer {
  readonly url: string;
  /** Only at the first start of a data directory. */
  readonly firstAccess: FirstAccess | undefined;
  /** Graceful: takes no more requests, lets the block on its way and running jobs finish, then closes part by part. */
  stop(): Promise<Stopped>;
}

/** How stopping went. */
export interface Stopped {
  /** Acknowledged rows that lie on disk in the spool and are shipped after the next start. */
  readonly rowsInSpool: number;
  /** Parts that did not close as they should, in words. */
  readonly failures: readonly string[];
}

export interface StartOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: WriteLog;
  readonly print: (text: string) => void;
}

const segmentBytes = 64 * 1024 * 1024;
/** How often windows that only time can close are looked at. */
const tickMs = 5 * secondMs;
/** Objectives of systems that receive nothing are looked at every so many ticks. */
const objectiveTicks = 12;
/** How often probes and closer looks are sent that are due. */
const examineMs = minuteMs;
/** How often rows are looked at that a system's retention rule no longer keeps; the first time at the start. */
const retainMs = 10 * minuteMs;
const httpStopMs = 2 * secondMs;
const jobStopMs = 3 * secondMs;
const engineStopMs = 3 * secondMs;

export const version = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

type Undo = () => Promise<unknown>;

/** Starts everything in order; when a later part fails, the earlier ones are stopped again in reverse. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const undo: Undo[] = [];
  try {
    return await start(options, undo);
  } catch (thrown) {
    await unwind(undo);
    throw thrown;
  }
}

/** Undoes in reverse. One part that fails does not keep the others open; what failed is told. */
async function unwind(undo: readonly Undo[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const act of [...undo].reverse()) await act().catch((thrown: unknown) => failures.push(reasonOf(thrown)));
  return failures;
}

async function start({ config, clock, log, print }: StartOptions, undo: Undo[]): Promise<RunningServer> {
  const startedAt = clock.now();
  const directory = await acquireDataDirectory(config.dataDirectory, startedAt);
  undo.push(() => directory.release());
  const engines = startEngines(config, directory, log);
  const control = openControlStore({
    ...(config.postgresUrl === undefined ? { directory: directory.control } : { url: config.postgresUrl }),
    onEvent: (event) =>
      log({
        level: event.kind === "migrated" ? "info" : "warn",
        part: "control-store",
        message: event.kind,
        detail: event,
      }),
  });
  const [engine, store] = await settled(engines, control, undo);
  const spoolFiles = await openSpoolFiles(directory.spoolFiles);
  const spool = await openSpool({
    otherBytes: spoolFiles.heldBytes,
    directory: directory.spool,
    limitBytes: config.spoolLimitBytes,
    limitAgeMs: config.spoolLimitAgeMs,
    segmentBytes,
    clock,
  });
  await spoolFiles.sweep(await namedFiles(spool));
  let rowsInSpool = 0;
  undo.push(() => {
    rowsInSpool = spool.state().rows;
    return spool.close();
  });
  for (const damage of spool.state().damage)
    log({ level: "error", part: "spool", message: `damage found: ${damage.kind}`, detail: damage });

  let url = "";
  const wired = await wire({
    config,
    directory,
    engines: engine,
    control: store,
    spool,
    spoolFiles,
    clock,
    log,
    version,
    startedAt,
    pageUrl: () => url,
    print,
  });
  undo.push(() => wired.close());
  await workJobs(wired.jobs);
  // Before what the jobs work with is closed.
  undo.push(() => store.jobs.stop(jobStopMs));

  const shipping = new AbortController();
  const shipped = wired.shipper.run(shipping.signal);
  undo.push(() => {
    shipping.abort();
    return shipped;
  });
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
    tick(store, clock, ticks % objectiveTicks === 0).catch((thrown: unknown) =>
      log({ level: "warn", part: "sense", message: "the periodic look at open windows failed", detail: thrown }),
    );
    deliver(store, clock).catch((thrown: unknown) =>
      log({ level: "warn", part: "notify", message: "the periodic look at waiting messages failed", detail: thrown }),
    );
    // What cannot be written down now is still counted, and written down later.
    wired.house.gaps.flush().catch(() => undefined);
    giveUpHalves(wired.house).catch((thrown: unknown) =>
      log({ level: "warn", part: "intake", message: "halves of inferences could not be given up", detail: thrown }),
    );
  }, tickMs);
  undo.push(async () => clearInterval(ticking));
  await tick(store, clock, true);
  await deliver(store, clock);
  const examining = setInterval(() => {
    sendDueExaminations(wired.jobs).catch((thrown: unknown) =>
      log({
        level: "warn",
        part: "sense",
        message: "the periodic look for probes that are due failed",
        detail: thrown,
      }),
    );
  }, examineMs);
  undo.push(async () => clearInterval(examining));
  const retaining = setInterval(() => {
    retain(store).catch((thrown: unknown) =>
      log({ level: "warn", part: "retention", message: "the periodic look at old rows failed", detail: thrown }),
    );
  }, retainMs);
  undo.push(async () => clearInterval(retaining));
  await retain(store);
  const reviewing = setInterval(() => {
    sendDueReviews(wired.house).catch((thrown: unknown) =>
      log({ level: "warn", part: "review", message: "the periodic look for due reviews failed", detail: thrown }),
    );
  }, retainMs);
  undo.push(async () => clearInterval(reviewing));
  await sendDueReviews(wired.house);

  const firstAccess = await createFirstAccess(store.keys, clock);
  await writeCliKey(directory, store, clock);
  const access = createAccess({
    keyStore: store.keys,
    clock,
    onMarkFailed: (thrown) =>
      log({ level: "warn", part: "access", message: "the use of a key could not be noted", detail: thrown }),
  });
  const handlers: Handlers = {
    ...access.handlers,
    ...systemHandlers(wired.house),
    ...intakeHandlers(wired.house),
    ...eventHandlers(wired.house),
    ...sourceHandlers(wired.house),
    ...quarantineHandlers(wired.house),
    ...learningHandlers(wired.house),
    ...hookHandlers(wired.house),
    ...datasetHandlers(wired.house),
    ...keepingHandlers(wired.house),
    ...examinationHandlers(wired.house),
    ...lineageHandlers(wired.house),
    ...stateHandlers(wired.house),
    ...baselineHandlers(wired.house),
    ...monitorHandlers(wired.house),
    ...sensingHandlers(wired.house),
    ...estimateHandlers(wired.house),
    ...labelHandlers(wired.house),
    ...sloHandlers(wired.house),
    ...metricsHandlers(wired.house),
    ...incidentHandlers(wired.house),
    ...oncallHandlers(wired.house),
    ...silenceHandlers(wired.house),
    ...postmortemHandlers(wired.house),
    ...channelHandlers(wired.house),
    ...diagnosisHandlers(wired.house),
    ...actionHandlers(wired.house),
    ...reviewHandlers(wired.house),
  };
  const server = await listen(config, directory, { handlers, access, store, clock, log, meter: wired.house.meter });
  undo.push(() => server.close(httpStopMs));
  url = server.address.url;
  return {
    url,
    firstAccess,
    stop: async () => {
      const failures = await unwind(undo);
      return { rowsInSpool, failures };
    },
  };
}

/** The files that records of the spool stand for. */
async function namedFiles(spool: Spool): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const stream of spool.pendingStreams().filter((one) => /^(prediction|outcome)-files:/.test(one))) {
    const everything = { maxRows: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
    for (const record of await spool.read(stream, everything)) named.add(fileOf(record).name);
  }
  return named;
}

/** Waits for engines and control store together; what did start is undone when the other did not. */
async function settled(
  engines: ReturnType<typeof startEngines>,
  control: Promise<ControlStore>,
  undo: Undo[],
): Promise<readonly [Awaited<ReturnType<typeof startEngines>>, ControlStore]> {
  const [engine, store] = await Promise.allSettled([engines, control]);
  if (engine.status === "fulfilled") undo.push(() => engine.value.stop(engineStopMs));
  if (store.status === "fulfilled") undo.push(() => store.value.close());
  if (engine.status === "rejected") throw engine.reason;
  if (store.status === "rejected") throw store.reason;
  return [engine.value, store.value];
}

function listen(
  config: Config,
  directory: DataDirectory,
  parts: {
    readonly handlers: Handlers;
    readonly access: ReturnType<typeof createAccess>;
    readonly store: ControlStore;
    readonly clock: Clock;
    readonly log: WriteLog;
    readonly meter: ServerMeter;
  },
): Promise<HttpServer> {
  return serve({
    handlers: parts.handlers,
    access: parts.access,
    meter: parts.meter,
    audit: parts.store.audit,
    clock: parts.clock,
    log: ({ level, message, detail, requestId, cause }) =>
      parts.log({ level, part: "http", message, detail: cause ?? { ...detail, requestId } }),
    uploadDirectory: directory.uploads,
    host: config.host,
    port: config.port,
    version,
    webRoot: fileURLToPath(new URL("../../../web/dist", import.meta.url)),
  });
}

/**
 * Looks at escalations that are due and at every system whose windows are not settled, that may be silent or, from time to
 * time, that has objectives: budgets burn with the clock as well. The jobs do the work, once over all replicas.
 */
async function tick(store: ControlStore, clock: Clock, lookAtObjectives: boolean): Promise<void> {
  for (const incident of await store.escalations.due(clock.now()))
    await store.jobs.send("escalate", { incident }, { singleton: `incident-${incident}` });
  for (const { system } of await store.systems.list()) {
    const dirty = await store.windows.dirty(system.name);
    const hasObjectives = lookAtObjectives && (system.slos ?? []).length > 0;
    if (dirty.length > 0 || hasObjectives || (await mayBeSilent(store, system, clock.now())))
      await store.jobs.send("sense", { system: system.name }, { singleton: system.name });
  }
}

async function mayBeSilent(store: ControlStore, { name, windows }: System, now: Instant): Promise<boolean> {
  const recent = await store.windows.list(name, { from: now - silenceReach * windows.lengthMs - windows.latenessMs });
  return silenceMayBeDue(recent, windows, now);
}

/** Messages whose pause is over, or that another process left behind. */
async function deliver(store: ControlStore, clock: Clock): Promise<void> {
  for (const channel of await store.deliveries.due(clock.now()))
    await store.jobs.send("deliver", { channel }, { singleton: channel });
}

async function retain(store: ControlStore): Promise<void> {
  for (const { system } of await store.systems.list()) {
    if (system.retention !== undefined)
      await store.jobs.send("retain", { system: system.name }, { singleton: system.name });
  }
}

/** The command line on this machine finds its key beside the data, readable by its owner only. */
async function writeCliKey(directory: DataDirectory, store: ControlStore, clock: Clock): Promise<void> {
  const present = await readFile(directory.cliKey, "utf8").catch(() => undefined);
  if (present !== undefined && (await store.keys.byHash(hashOf(present.trim()))) !== undefined) return;
  const secret = newKeySecret();
  const key: ApiKey = {
    id: newId("key"),
    name: "command line of this machine",
    scopes: ["admin"],
    systems: undefined,
    createdAt: clock.now(),
    lastUsedAt: undefined,
    revokedAt: undefined,
  };
  await store.keys.save(key, hashOf(secret));
  await writeFile(directory.cliKey, `${secret}\n`, { mode: 0o600 });
  await chmod(directory.cliKey, 0o600);
}
