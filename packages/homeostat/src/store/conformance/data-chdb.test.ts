import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineAddress, EngineProcess } from "../../domain/engine/data-engine.ts";
import { openDataClient } from "../data/data-client.ts";
import { dataConformance } from "./data-conformance.ts";
import type { DataPlace } from "./data-place.ts";

interface StartedEngine extends EngineProcess {
  readonly shipper: EngineAddress;
}
interface EngineRoom {
  startEngine(options: object): Promise<StartedEngine>;
}

// The store's room may not see the engine's: it meets it as it is built, like any other server.
const engineRoom = new URL("../../../dist/engine/supervise-engine.js", import.meta.url);

dataConformance("the embedded engine", async (): Promise<DataPlace> => {
  const { startEngine } = (await import(engineRoom.href)) as EngineRoom;
  const directory = await mkdtemp(join(tmpdir(), "homeostat-data-"));
  const engine = await startEngine({
    dataPath: join(directory, "engine"),
    memoryLimitBytes: 1_500_000_000,
    fileRoots: [directory],
  });
  const client = openDataClient(engine.address);
  const files = openDataClient(engine.shipper);
  return {
    client,
    files,
    directory,
    filesReachStore: true,
    crash: async () => {
      const { restarts, pid } = engine.state();
      if (pid === undefined) throw new Error("the engine does not run");
      process.kill(pid, "SIGKILL");
      while (engine.state().restarts === restarts || engine.state().phase !== "ready") {
        await new Promise((resume) => setTimeout(resume, 10));
      }
    },
    remove: async () => {
      await Promise.all([client.close(), files.close()]);
      await engine.stop(5_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
});
