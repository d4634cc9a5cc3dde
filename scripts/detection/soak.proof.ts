import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createXoshiro } from "../../packages/homeostat/src/stats/random/xoshiro.ts";
import { readStreams, type Stream, type StreamColumn } from "./stream.ts";
import { WatchedSystem } from "./watched-system.ts";

/*
 * A healthy system for 1,000 windows: 200 features and 20 segment values, every window real rows of four data sets drawn
 * anew, in runs of neighbours so that rows are not independent. Writes its line into docs/detection.md.
 */
const features = 200;
const referenceWindows = 60;
const windows = Number(process.env.HOMEOSTAT_SOAK_WINDOWS ?? 1_000);
const rowsInWindow = 1_000;
const run = 5;
const quietWindows = 7;

it("pages within its budget of one page a month", async () => {
  const streams = await readStreams();
  const system = new WatchedSystem(wide(streams, referenceWindows));
  // The same draw goes on: windows after the reference are of the same law and not the same rows.
  let pages = 0;
  let alarming = 0;
  let tests = 0;
  let last = -quietWindows - 1;
  let streaks: ReadonlyMap<string, number> = new Map();
  for (let start = 0; start < windows; start += referenceWindows) {
    const next = wide(streams, referenceWindows, start + 1);
    const rows = rowsReader(next);
    for (let index = 0; index < referenceWindows && start + index < windows; index++) {
      const judged = system.judge(referenceWindows + start + index, rows(index), streaks);
      streaks = judged.streaks;
      tests = judged.evaluation.verdicts.length;
      if (judged.findings.length === 0) continue;
      alarming += 1;
      if (start + index - last > quietWindows) pages += 1;
      last = start + index;
    }
  }
  const month = (pages / windows) * 30;
  write(
    `Soak: ${windows} healthy windows of ${rowsInWindow} rows, ${features} features, 20 segment values, ${tests} series each: ${pages} pages, ${month.toFixed(2)} a month of thirty windows (budget 1); ${alarming} windows with a critical finding.`,
  );
  expect(month).toBeLessThan(1);
}, 7_200_000);

/** Windows of real rows with 200 columns: every data set's columns over and over, each copy with rows of its own. */
function wide(streams: readonly Stream[], count: number, seed = 0): Stream {
  const random = createXoshiro(1_000 + seed);
  const size = count * rowsInWindow;
  const columns: StreamColumn[] = [];
  let outcomes: readonly boolean[] | undefined;
  for (let copy = 0; columns.length < features; copy++)
    for (const stream of streams) {
      const all = stream.outcomes.length;
      const picked: number[] = [];
      while (picked.length < size) {
        const from = Math.floor(random.next() * (all - run));
        for (let offset = 0; offset < run; offset++) picked.push(from + offset);
      }
      outcomes ??= picked.map((row) => stream.outcomes[row] ?? false);
      for (const column of stream.columns.slice(0, features - columns.length))
        columns.push({ ...drawn(column, picked), name: `${stream.name}_${copy}_${column.name}` });
    }
  return {
    name: "soak",
    columns,
    outcomes: outcomes ?? [],
    windows: Array.from({ length: size }, (_, row) => Math.floor(row / rowsInWindow)),
    windowCount: count,
    referenceWindows: count,
    firstStart: Date.parse("2024-01-01T00:00:00Z"),
    windowMs: 86_400_000,
    season: "none",
    segment: columns.find(({ name }) => name.endsWith("_destination"))?.name ?? "",
    mostValues: 20,
  };
}

const drawn = (column: StreamColumn, rows: readonly number[]): StreamColumn =>
  column.kind === "number"
    ? { ...column, values: rows.map((row) => column.values[row] ?? Number.NaN) }
    : { ...column, values: rows.map((row) => column.values[row] ?? null) };

function rowsReader(stream: Stream): (index: number) => ReturnType<WatchedSystem["rows"]> {
  return (index) => ({
    columns: stream.columns.map((column) =>
      drawn(
        column,
        Array.from({ length: rowsInWindow }, (_, row) => index * rowsInWindow + row),
      ),
    ),
    outcomes: stream.outcomes.slice(index * rowsInWindow, (index + 1) * rowsInWindow),
  });
}

function write(sentence: string): void {
  const file = new URL("../../docs/detection.md", import.meta.url);
  const text = readFileSync(file, "utf8");
  const [begin, end] = ["<!-- soak: begin -->", "<!-- soak: end -->"];
  expect(text.includes(begin), "docs/detection.md has the place for the soak").toBe(true);
  const from = text.indexOf(begin) + begin.length;
  writeFileSync(file, `${text.slice(0, from)}\n${sentence}\n${text.slice(text.indexOf(end))}`);
}
