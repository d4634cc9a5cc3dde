import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchRow } from "./bench-row.ts";

const root = new URL("../../", import.meta.url);
const entry = fileURLToPath(new URL("packages/homeostat/bin/homeostat.js", root));
const rows = 3_000_000;
const numbers = 24;
const categories = 6;

interface Engine {
  query(sql: string, format?: string): unknown;
}

/**
 * The command that peers are timed against, as a user runs it, start of the process and reading included: two Parquet files
 * of 3 million rows and 30 columns (24 numbers that do not compress, 6 categories). Memory is the largest of the processes.
 */
export async function benchCompare(): Promise<readonly BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "homeostat-bench-compare-"));
  try {
    const paths = ["reference", "current"].map((name) => join(directory, `${name}.parquet`));
    writeTables(paths);
    const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
    await run(["compare", ...paths, "--no-segments", "--json"]);
    const plain = await run(["compare", ...paths, "--no-segments", "--json"]);
    const segments = await run(["compare", ...paths, "--segment", "k0", "k1", "--json"]);
    return [
      { name: "compare: two files of 3 M x 30", value: plain.seconds, unit: "s", budget: 5 },
      { name: "compare: the same by two segment columns (30 parts)", value: segments.seconds, unit: "s" },
      { name: "compare: memory of its largest process", value: plain.peakMib, unit: "MiB" },
      {
        name: "compare: size of the two files",
        value: sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20,
        unit: "MiB",
      },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function writeTables(paths: readonly string[]): void {
  const { query } = createRequire(new URL("packages/homeostat/package.json", root))("chdb") as Engine;
  for (const [table, path] of paths.entries()) {
    const columns = [
      ...Array.from(
        { length: numbers },
        (_, n) => `randNormal(${n + (table === 1 && n === 3 ? 0.5 : 0)}, 1, number * 0 + ${n}) AS n${n}`,
      ),
      ...Array.from(
        { length: categories },
        (_, k) => `concat('c', toString(rand(${100 + k}) % ${10 * (k + 1)})) AS k${k}`,
      ),
    ];
    query(`INSERT INTO FUNCTION file('${path}', 'Parquet') SELECT ${columns.join(", ")} FROM numbers(${rows})`);
  }
}

interface Ran {
  readonly seconds: number;
  readonly peakMib: number;
}

async function run(args: readonly string[]): Promise<Ran> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [entry, ...args], { stdio: ["ignore", "ignore", "ignore"] });
  let peakKib = 0;
  const looking = setInterval(() => {
    void largestOf(child.pid ?? 0).then((kib) => {
      peakKib = Math.max(peakKib, kib);
    });
  }, 50);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  clearInterval(looking);
  if (code !== 0) throw new Error(`compare ended with ${code}`);
  return { seconds: (performance.now() - startedMs) / 1_000, peakMib: peakKib / 1_024 };
}

/** Largest resident memory so far of a process and its children, KiB; 0 where the system does not tell. */
async function largestOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const all = [pid, ...children.trim().split(" ").filter(Boolean).map(Number)];
  const peaks = await Promise.all(
    all.map(async (one) => {
      const status = await readFile(`/proc/${one}/status`, "utf8").catch(() => "");
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
    }),
  );
  return Math.max(...peaks);
}
