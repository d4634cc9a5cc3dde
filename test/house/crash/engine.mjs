import { startEngine as start } from "../../../packages/homeostat/dist/engine/supervise-engine.js";
import { setEngine } from "./crash-at.mjs";

/** The engine supervisor; the engine that holds the data is remembered. */
export async function startEngine(options) {
  const engine = await start(options);
  if (options.dataPath !== undefined) setEngine(engine);
  return engine;
}
