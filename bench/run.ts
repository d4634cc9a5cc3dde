import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { BenchOptions, BenchRow } from "./bench-row.ts";
import { benchCompare } from "./compare.ts";
import { benchControlStore } from "./control-store.ts";
import { benchDiagnosis } from "./diagnosis.ts";
import { benchEngine } from "./engine.ts";
import { benchForest } from "./forest.ts";
import { benchIntake } from "./intake.ts";
import { benchMonitors } from "./monitors.ts";
import { benchOncall } from "./oncall.ts";
import { benchProfile } from "./profile.ts";
import { benchServer } from "./server.ts";
import { benchSliceSearch } from "./slice-search.ts";
import { benchSpool } from "./spool.ts";
import { benchStatistics } from "./statistics.ts";

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<readonly BenchRow[]>>> = {
  spool: benchSpool,
  compare: benchCompare,
  diagnosis: benchDiagnosis,
  engine: benchEngine,
  "control-store": benchControlStore,
  forest: benchForest,
  intake: benchIntake,
  monitors: benchMonitors,
  oncall: benchOncall,
  profile: benchProfile,
  server: benchServer,
  "slice-search": benchSliceSearch,
  statistics: benchStatistics,
};

const usage = `Usage: npm run bench -- [--only NAME]... [--rows N] [--json]
NAME is one of: ${Object.keys(benches).join(", ")}. Without --only all run, one after the other.
--rows N: how many rows the bench \`intake\` sends in each format (400000; 50000000 takes about an hour).
`;

/** Runs the benchmarks and prints what was measured beside what the design allows. Ends with 0 whether budgets hold or not. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      rows: { type: "string", default: "400000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const wanted = values.only ?? Object.keys(benches);
  const unknown = wanted.filter((name) => benches[name] === undefined);
  const rows = Number(values.rows);
  if (!Number.isSafeInteger(rows) || rows < 10_000) {
    process.stderr.write(`--rows is a whole number of at least 10000.\n${usage}`);
    return 2;
  }
  if (values.help || unknown.length > 0) {
    process.stderr.write(unknown.length === 0 ? usage : `There is no benchmark ${unknown.join(", ")}.\n${usage}`);
    return values.help ? 0 : 2;
  }
  // What else the machine was doing belongs to the figures.
  process.stderr.write(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)} at the start\n`);
  const measured: BenchRow[] = [];
  for (const name of wanted) {
    process.stderr.write(`${name} …\n`);
    measured.push(...((await benches[name]?.({ rows })) ?? []));
  }
  const rated = measured.map((row) => ({ ...row, ratio: ratioOf(row) }));
  process.stderr.write(`load average ${loadavg()[0]?.toFixed(1)} at the end\n`);
  process.stdout.write(values.json ? `${JSON.stringify(rated, null, 2)}\n` : tableOf(rated));
  return 0;
}

/** How many times better than the budget: 1 or more holds it. */
function ratioOf({ value, unit, budget }: BenchRow): number | undefined {
  if (budget === undefined) return undefined;
  return unit.endsWith("/s") ? value / budget : budget / value;
}

function tableOf(rows: readonly (BenchRow & { readonly ratio: number | undefined })[]): string {
  const cells = rows.map((row) => [
    row.name,
    shown(row.value),
    row.unit,
    row.budget === undefined ? "" : `${row.unit.endsWith("/s") ? "≥" : "≤"} ${shown(row.budget)}`,
    row.ratio === undefined ? "" : `${row.ratio.toFixed(2)}${row.ratio < 1 ? " missed" : ""}`,
  ]);
  const all = [["what", "value", "unit", "budget", "times better"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((line) => (line[column] ?? "").length)));
  return all
    .map((line) =>
      line
        .map((cell, column) =>
          column === 1 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function shown(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

process.exitCode = await main();
