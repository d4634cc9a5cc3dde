import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Measured, measureBikes, measureConcept, measureHousing, measureOccupancy } from "./stream/measure.ts";
import { dayOf, openStreamBench, type StreamBench } from "./stream/stream-bench.ts";
import { streamsPresent } from "./stream/streams.ts";

const isLong = process.env.HOMEOSTAT_TEST_LONG === "1";
const page = process.env.REAL_STREAMS_PAGE;

// biome-ignore lint/suspicious/noConsole: a skipped check must be seen
if (!streamsPresent) console.warn("skipped 5 tests of real streams: ../shared/data/tabular is absent");

describe("real streams", () => {
  it.skipIf(process.env.CI !== "true")("are there where everything is to be checked", () => {
    expect(streamsPresent).toBe(true);
  });
});

describe.skipIf(!streamsPresent)("real streams through the product's own rooms", () => {
  let bench: StreamBench;
  const lines: Measured[] = [];
  const measured = async (measuring: Promise<Measured>): Promise<Measured> => {
    const one = await measuring;
    lines.push(one);
    return one;
  };

  beforeAll(async () => {
    bench = await openStreamBench();
  });
  afterAll(async () => {
    await bench?.close();
    if (page !== undefined) write(page, lines);
  });

  it("find STAGGER's changed concept within four windows, and call it concept drift", async () => {
    const { watched } = await measured(measureConcept(bench, "stagger", 12_500));
    const found = watched.findings.filter(({ monitor }) => monitor === "concept-drift");
    expect(found[0]?.sentence).toContain("; concept drift: of 0.5");
    expect(found.every(({ sentence }) => !sentence.includes("; data drift"))).toBe(true);
    const first = found[0]?.window.start ?? 0;
    const windows = watched.windows.filter(({ start }) => start <= first);
    expect(windows.length).toBeLessThanOrEqual(2 + 4);
  }, 600_000);

  it("call the opened door of a room a shift of its inputs, without a loss of performance", async () => {
    const { watched } = await measured(measureOccupancy(bench));
    const kinds = new Set(watched.findings.map(({ monitor }) => monitor));
    expect(kinds).toContain("input-drift");
    for (const kind of ["performance", "concept-drift", "silent-degradation"]) expect(kinds).not.toContain(kind);
  }, 600_000);

  it.runIf(isLong)(
    "find SEA's changed concept, and call it nothing else",
    async () => {
      const { watched } = await measured(measureConcept(bench, "sea", 40_000));
      const kinds = new Set(watched.findings.map(({ monitor }) => monitor));
      expect(kinds).not.toContain("input-drift");
      expect(watched.findings.some(({ monitor }) => ["concept-drift", "silent-degradation"].includes(monitor))).toBe(
        true,
      );
    },
    1_200_000,
  );

  it.runIf(isLong)(
    "see the day that bikes stood still, and the rise of a year",
    async () => {
      const { watched } = await measured(measureBikes(bench));
      const missing = watched.findings.filter(({ monitor, segment }) => monitor === "volume" && segment === undefined);
      expect(missing.map(({ window }) => dayOf(window.start))).toContain("2012-10-29");
      expect(
        watched.findings.some(({ monitor }) =>
          ["concept-drift", "performance", "silent-degradation"].includes(monitor),
        ),
      ).toBe(true);
    },
    1_200_000,
  );

  it.runIf(isLong)(
    "say where estimates without labels fail: on houses of other regions they are not to be trusted",
    async () => {
      const { watched } = await measured(measureHousing(bench));
      const verdicts = await watched.verdicts("estimated-performance");
      expect(verdicts.some(({ verdict }) => verdict.test.record?.standing === "do-not-trust")).toBe(true);
    },
    1_200_000,
  );
});

/** Replaces the generated part of a page. */
function write(path: string, measured: readonly Measured[]): void {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const text = readFileSync(file, "utf8");
  const table = [
    "| stream | what is known of it | what the default monitors said |",
    "|---|---|---|",
    ...measured.map(({ title, truth, said }) => `| ${title} | ${truth} | ${said} |`),
  ].join("\n");
  const [begin, end] = ["<!-- real-streams: begin -->", "<!-- real-streams: end -->"];
  writeFileSync(
    file,
    `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${table}\n\n${text.slice(text.indexOf(end))}`,
  );
}
