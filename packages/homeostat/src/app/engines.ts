import type { EngineAddress } from "../domain/engine/data-engine.ts";
import { type SupervisedEngine, startEngine } from "../engine/supervise-engine.ts";
import type { PartState } from "../http/route/house.ts";
import type { Config } from "./config.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { WriteLog } from "./server-log.ts";

/** The data engine (embedded or a server) and the gateway's private compute engine. */
export interface Engines {
  /** Where events are kept. */
  readonly data: EngineAddress;
  /** The same for the shipper, which may read spooled files; undefined where events are kept on a server elsewhere. */
  readonly dataFiles: EngineAddress | undefined;
  /** The gateway's own: features, checks of expressions, and the only one that may read dataset files. */
  readonly compute: SupervisedEngine;
  parts(): readonly PartState[];
  stop(limitMs: number): Promise<void>;
}

const computeMemoryBytes = 2 * 1024 ** 3;

export async function startEngines(config: Config, directory: DataDirectory, log: WriteLog): Promise<Engines> {
  const watch = (part: string) => ({
    onEvent: (event: { readonly kind: string }) =>
      log({ level: event.kind === "ready" ? "info" : "error", part, message: `engine ${event.kind}`, detail: event }),
  });
  const embedded =
    config.clickhouse === undefined
      ? startEngine({
          dataPath: directory.engine,
          memoryLimitBytes: config.engineMemoryBytes,
          fileRoots: [directory.spoolFiles],
          ...watch("data-engine"),
        })
      : undefined;
  const [data, compute] = await bothOrNeither(
    embedded,
    startEngine({
      memoryLimitBytes: computeMemoryBytes,
      fileRoots: [directory.datasets, directory.uploads, directory.spoolFiles],
      lanes: { general: 1, write: 0, quick: 1, expressions: 2, quickExpressions: 1 },
      ...watch("compute-engine"),
    }),
  );
  const processes = [
    ...(data === undefined ? [] : [{ part: "data-engine", engine: data }]),
    { part: "compute-engine", engine: compute },
  ];
  return {
    data: data?.address ?? config.clickhouse ?? compute.address,
    dataFiles: data?.shipper,
    compute,
    parts: () =>
      processes.map(({ part, engine }) => {
        const state = engine.state();
        const restarts =
          state.restarts === 0 ? "" : `, ${state.restarts} restarts, last: ${state.lastExit ?? "unknown"}`;
        return { part, ready: state.phase === "ready", detail: `${state.phase}${restarts}` };
      }),
    stop: async (limitMs) => {
      await Promise.all(processes.map(({ engine }) => engine.stop(limitMs)));
    },
  };
}

/** When one of the two does not start, the other is not left behind. */
async function bothOrNeither(
  data: Promise<SupervisedEngine> | undefined,
  compute: Promise<SupervisedEngine>,
): Promise<readonly [SupervisedEngine | undefined, SupervisedEngine]> {
  const [first, second] = await Promise.allSettled([data ?? Promise.resolve(undefined), compute]);
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value];
  if (first.status === "fulfilled") await first.value?.stop(1_000);
  if (second.status === "fulfilled") await second.value.stop(1_000);
  throw first.status === "rejected"
    ? first.reason
    : second.status === "rejected"
      ? second.reason
      : new Error("unreachable");
}
