import { afterAll, beforeAll, describe } from "vitest";
import type { ControlStoreEvent } from "../control/control-store-event.ts";
import { type ControlStore, openControlStore } from "../control/open-control-store.ts";
import { actionConformance } from "./control-action-conformance.ts";
import type { ControlBench } from "./control-bench.ts";
import { examinationConformance } from "./control-examination-conformance.ts";
import { hookConformance } from "./control-hook-conformance.ts";
import { inferenceConformance } from "./control-inference-conformance.ts";
import { jobConformance } from "./control-job-conformance.ts";
import { keepingConformance } from "./control-keeping-conformance.ts";
import { lifeConformance } from "./control-life-conformance.ts";
import { lineageConformance } from "./control-lineage-conformance.ts";
import { nounConformance } from "./control-noun-conformance.ts";
import { oncallConformance } from "./control-oncall-conformance.ts";
import { outboxConformance } from "./control-outbox-conformance.ts";
import type { ControlPlaces } from "./control-place.ts";
import { postmortemConformance } from "./control-postmortem-conformance.ts";
import { sourceConformance } from "./control-source-conformance.ts";

/** What every control store does, whatever the engine. Called by one test file per engine. */
export function controlConformance(name: string, open: () => Promise<ControlPlaces>): void {
  describe(`control store on ${name}`, () => {
    const events: ControlStoreEvent[] = [];
    let places: ControlPlaces;
    let store: ControlStore;
    beforeAll(async () => {
      places = await open();
      store = await openControlStore({ ...(await places.create()), onEvent: (event) => events.push(event) });
    });
    afterAll(async () => {
      await store?.close();
      await places?.remove();
    });
    const bench = (): ControlBench => ({ store, events, createPlace: () => places.create() });
    nounConformance(bench);
    describe("keeping", () => keepingConformance(bench));
    describe("examinations", () => examinationConformance(bench));
    hookConformance(bench);
    lineageConformance(bench);
    describe("sources", () => sourceConformance(bench));
    inferenceConformance(bench);
    postmortemConformance(bench);
    oncallConformance(bench);
    describe("outbox", () => outboxConformance(bench));
    actionConformance(bench);
    jobConformance(bench);
    lifeConformance(bench);
  });
}
