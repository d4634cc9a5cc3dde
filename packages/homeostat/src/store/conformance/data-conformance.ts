import { afterAll, beforeAll, describe } from "vitest";
import { createContractStore } from "../data/contract-store.ts";
import { createEventStore } from "../data/event-store.ts";
import { createLabelStore } from "../data/label-store.ts";
import { createPredictionLog } from "../data/prediction-log.ts";
import { createProfileStore } from "../data/profile-store.ts";
import { createQuarantineStore } from "../data/quarantine-store.ts";
import { ensureSharedTables } from "../data/shared-table.ts";
import { createSliceStore } from "../data/slice-store.ts";
import { createSloStore } from "../data/slo-store.ts";
import { createVerdictStore } from "../data/verdict-store.ts";
import type { DataBench } from "./data-bench.ts";
import { blockConformance } from "./data-block-conformance.ts";
import { cellConformance } from "./data-cell-conformance.ts";
import { columnarConformance } from "./data-columnar-conformance.ts";
import { contractConformance } from "./data-contract-conformance.ts";
import { datasetConformance } from "./data-dataset-conformance.ts";
import { eventConformance } from "./data-event-conformance.ts";
import { fileConformance } from "./data-file-conformance.ts";
import { keepingConformance } from "./data-keeping-conformance.ts";
import { logConformance } from "./data-log-conformance.ts";
import { labelConformance, layEarlierOutcomes, outcomeConformance } from "./data-outcome-conformance.ts";
import type { DataPlace } from "./data-place.ts";
import { profileConformance } from "./data-profile-conformance.ts";
import { gapConformance, quarantineConformance, sampleLimits } from "./data-quarantine-conformance.ts";
import { rowConformance } from "./data-row-conformance.ts";
import { sampleHash } from "./data-shelf-scene.ts";
import { sloConformance } from "./data-slo-conformance.ts";
import { statisticsConformance } from "./data-statistics-conformance.ts";
import { taskConformance } from "./data-task-conformance.ts";
import { verdictConformance } from "./data-verdict-conformance.ts";

/** Every look at the clock is a millisecond later. */
function createTicks(): () => number {
  let now = Date.parse("2026-03-02T00:00:00Z");
  return () => {
    now += 1;
    return now;
  };
}

/** What every data store does, whatever the engine. Called by one test file per engine. */
export function dataConformance(name: string, open: () => Promise<DataPlace>): void {
  describe(`data store on ${name}`, () => {
    const noFiles = { pathOf: (file: string) => file, reaches: "the-file-only" } as const;
    let made: DataBench | undefined;
    beforeAll(async () => {
      const place = await open();
      const { client } = place;
      made = {
        place,
        events: createEventStore(
          client,
          { now: () => Date.parse("2026-03-02T00:00:00Z") },
          { ...noFiles, files: place.files },
          sampleHash,
        ),
        log: createPredictionLog(client),
        profiles: createProfileStore(client),
        slices: createSliceStore(client),
        labels: createLabelStore(client),
        verdicts: createVerdictStore(client),
        slos: createSloStore(client, createTicks()),
        contracts: createContractStore(client),
        quarantine: createQuarantineStore(client, sampleLimits),
      };
      await layEarlierOutcomes(client);
      await ensureSharedTables(client);
      await ensureSharedTables(client);
    });
    afterAll(() => made?.place.remove());
    const bench = (): DataBench => {
      if (made === undefined) throw new Error("the place was not opened");
      return made;
    };
    describe("tables of rows", () => columnarConformance(bench));
    describe("events", () => eventConformance(bench));
    describe("blocks of columns", () => blockConformance(bench));
    describe("the prediction log", () => logConformance(bench));
    describe("contracts", () => contractConformance(bench));
    describe("profiles", () => profileConformance(bench));
    describe("rows", () => rowConformance(bench));
    describe("tasks", () => taskConformance(bench));
    cellConformance(bench);
    describe("outcomes of every kind", () => outcomeConformance(bench));
    describe("labels and totals", () => labelConformance(bench));
    describe("statistics of the same rows", () => statisticsConformance(bench));
    describe("quarantine", () => quarantineConformance(bench));
    describe("gaps", () => gapConformance(bench));
    describe("objectives", () => sloConformance(bench));
    describe("verdicts", () => verdictConformance(bench));
    describe("dataset files", () => fileConformance(bench));
    describe("datasets", () => datasetConformance(bench));
    describe("erasure and retention", () => keepingConformance(bench));
  });
}
