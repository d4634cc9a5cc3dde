import type { SessionPool } from "./session-pool.ts";

/** Table functions that only make rows up or look at what is already in the engine. */
const insideTableFunctions = new Set([
  "format",
  "generate_series",
  "generaterandom",
  "generateseries",
  "mergetreeindex",
  "null",
  "numbers",
  "numbers_mt",
  "values",
  "view",
  "viewexplain",
  "zeros",
  "zeros_mt",
]);

/** Scalar functions that read files or models on disk, or show what the process knows. */
const outsideScalarFunctions = ["file", "catboostevaluate", "disk", "getserversetting", "showcertificate"];

/**
 * Names (lower case) that a statement may not call: every table function of this build except the known harmless ones,
 * so that a new version of the engine cannot bring a new door.
 */
export async function outsideFunctionsOf(pool: SessionPool): Promise<ReadonlySet<string>> {
  const names = (await pool.ask("SELECT lower(name) FROM system.table_functions")).split("\n").filter(Boolean);
  return new Set([...names.filter((name) => !insideTableFunctions.has(name)), ...outsideScalarFunctions]);
}
