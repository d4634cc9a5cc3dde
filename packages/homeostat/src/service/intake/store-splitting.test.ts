import { describe, expect, it } from "vitest";
import { Fault } from "../../domain/fault.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { Prediction } from "../../domain/prediction/prediction.ts";
import { isPredictionBlock, predictionBlock } from "../../domain/prediction/prediction-block.ts";
import type { QuarantinedRow, QuarantineStore } from "../../domain/quarantine/quarantine.ts";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { storeSplitting } from "./store-splitting.ts";

const rows = Array.from(
  { length: 50 },
  (_, n): Prediction => ({
    id: `id-${n}.`,
    time: 1_700_000_000_000,
    receivedAt: 1_700_000_000_500,
    release: "r1",
    model: "",
    pipeline: "",
    servedBy: "elsewhere",
    environment: "production",
    cohort: "",
    caller: "gate",
    latencyMs: undefined,
    output: { kind: "probability", probability: 0.25 },
    inputs: { note: `nö ${n}` },
    vector: undefined,
  }),
);
const fields = [{ name: "note", type: "string", required: false, physicalName: "note" }] as const;

describe("a block of columns of which the engine refuses rows", () => {
  it("comes apart into lines: the bad ones go to quarantine as such, all others are stored", async () => {
    const poisoned = ["id-0.", "id-17.", "id-49."];
    const stored: unknown[] = [];
    const storePredictions: EventStore["storePredictions"] = async (_system, records) => {
      const text = records.map((record) => new TextDecoder().decode(record)).join("");
      if (poisoned.some((id) => text.includes(id))) throw new Fault("rows-refused", { reason: "cannot compute" });
      expect(records.some(isPredictionBlock)).toBe(false);
      stored.push(
        ...text
          .trim()
          .split("\n")
          .map((line) => (JSON.parse(line) as { id: string }).id),
      );
      return { stored: records.length, duplicates: 0, touched: [0] };
    };
    const kept: QuarantinedRow[] = [];
    const keep: QuarantineStore["keep"] = async (_system, refused) => {
      kept.push(...refused);
      return { noRoom: 0 };
    };
    const ports = {
      events: { storePredictions } as Partial<EventStore> as EventStore,
      quarantine: { keep } as Partial<QuarantineStore> as QuarantineStore,
      gaps: { note: () => undefined, list: () => [], flush: async () => undefined },
      clock: { now: () => 7 },
    };
    const bytes = predictionBlock(fields, rows) ?? new Uint8Array();
    const record = { rows: rows.length, bytes, receivedAt: 1, position: 0 };
    expect(await storeSplitting(ports, "predictions", sampleSystem("shop"), [record])).toEqual([0]);
    expect(stored).toEqual(rows.map(({ id }) => id).filter((id) => !poisoned.includes(id)));
    expect(kept.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual(
      poisoned.map((id) => expect.objectContaining({ id, caller: "gate", i_note: `nö ${id.slice(3, -1)}` })),
    );
    expect(kept[0]).toMatchObject({ form: "line", caller: "gate", reason: "engine" });
  });
});
