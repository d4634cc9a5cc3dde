import { describe, expect, it } from "vitest";
import { hourMs } from "../../domain/instant.ts";
import { type Prediction, predictionLine } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";
import { createRowKeeper } from "../data/row-keeper.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";
import { lineOfOutcome } from "./data-scene.ts";
import { sampleHash } from "./data-shelf-scene.ts";

/** Erasing a subject and dropping old rows, against their port. */
export function keepingConformance(bench: () => DataBench): void {
  const keeper = () => createRowKeeper(bench().place.client, sampleHash);
  const row = (id: string, label: string, change: Partial<Prediction> = {}): Prediction => {
    const time = change.time ?? firstWindow;
    return samplePrediction(id, { inputs: inputsAt(time, { label }), ...change });
  };
  const store = (system: System, ...rows: readonly Prediction[]) =>
    bench().events.storePredictions(system, blocksOf(...rows.map((one) => predictionLine(one))));
  const tell = (system: System, ...ids: readonly string[]) =>
    bench().events.storeOutcomes(system, blocksOf(...ids.map((id) => lineOfOutcome(id, true, firstWindow))));
  async function open(name: string): Promise<System> {
    const system = sampleShop(name, { entity: "label" });
    await bench().events.ensureTables(system);
    return system;
  }
  const idsOf = async (system: System) =>
    (
      await bench().place.client.rows<{ id: string }>(
        `SELECT id FROM predictions_${system.name.replaceAll("-", "_")} ORDER BY id`,
      )
    ).map(({ id }) => id);
  const erasedAt = firstWindow + hourMs;

  describe("a subject's rows", () => {
    it("are deleted with their outcomes, and those of others are not", async () => {
      const system = await open("erase-rows");
      await store(system, row("a1", "ann"), row("b1", "bob"), row("a2", "ann"), row("n1", "annabel"));
      await tell(system, "a1", "a2", "b1");
      const answer = await keeper().eraseSubject(system, "ann", erasedAt);
      expect(answer).toMatchObject({ predictions: 2, outcomes: 2, references: 0 });
      expect(answer.subject).toMatch(/^[0-9a-f]{32}$/);
      expect(await idsOf(system)).toEqual(["b1", "n1"]);
      expect(await bench().events.counts(system)).toMatchObject({ predictions: 2, outcomes: 1, joined: 1 });
      expect(await keeper().eraseSubject(system, "ann", erasedAt)).toMatchObject({ predictions: 0, outcomes: 0 });
    });

    it("do not come back: not from the spool, not sent anew, not through their outcomes", async () => {
      const system = await open("erase-again");
      await store(system, row("a1", "ann"));
      await keeper().eraseSubject(system, "ann", erasedAt);
      // One waited in the spool, one is sent again much later with the time it had, one with a new time.
      const waiting = row("a2", "ann", { receivedAt: erasedAt - 5 });
      const again = row("a1", "ann", { receivedAt: erasedAt + hourMs });
      const restamped = row("a1", "ann", { time: erasedAt + 9, receivedAt: erasedAt + 9 });
      expect(await store(system, waiting, row("b1", "bob"))).toMatchObject({ stored: 1 });
      expect(await store(system, again)).toMatchObject({ stored: 0, touched: [] });
      expect(await store(system, restamped)).toMatchObject({ stored: 0 });
      expect(await tell(system, "a1", "a2", "b1")).toMatchObject({ stored: 1 });
      expect(await idsOf(system)).toEqual(["b1"]);
      expect(await bench().events.counts(system)).toMatchObject({ outcomes: 1, outcomesWaiting: 0 });
    });

    it("take along outcomes that came before their prediction was shipped", async () => {
      const system = await open("erase-early");
      await tell(system, "a1");
      await keeper().eraseSubject(system, "ann", erasedAt);
      expect(await bench().events.counts(system)).toMatchObject({ outcomes: 1 });
      await store(system, row("a1", "ann"));
      expect(await bench().events.counts(system)).toMatchObject({ predictions: 0, outcomes: 0 });
    });

    it("may be about the same subject again when they happened after the erasure", async () => {
      const system = await open("erase-later");
      await keeper().eraseSubject(system, "ann", erasedAt);
      const later = row("a9", "ann", { time: erasedAt + hourMs, receivedAt: erasedAt + hourMs });
      expect(await store(system, later)).toMatchObject({ stored: 1 });
      expect(await idsOf(system)).toEqual(["a9"]);
    });

    it("leave no id behind: hashes differ by key, and the tombstones hold no text", async () => {
      const system = await open("erase-trace");
      await store(system, row("a1", "somebody in particular"));
      const { subject } = await keeper().eraseSubject(system, "somebody in particular", erasedAt);
      expect(subject).toBe(await keeper().hashOf("somebody in particular"));
      const [kept] = await bench().place.client.rows<{ text: string }>(
        "SELECT arrayStringConcat(groupArray(toString(tuple(*)))) AS text FROM erased",
      );
      expect(kept?.text).toContain(subject);
      expect(kept?.text).not.toContain("somebody");
      expect(kept?.text).not.toContain("a1'");
    });
  });

  describe("old rows", () => {
    it("are dropped by the time they were received, with their outcomes", async () => {
      const system = await open("drop-old");
      const rows = Array.from({ length: 10 }, (_, n) =>
        row(`r${n}`, "x", { time: firstWindow + n * hourMs, receivedAt: firstWindow + n * 1_000 }),
      );
      await store(system, ...rows);
      await tell(system, "r0", "r1", "r9");
      expect(await keeper().kept(system)).toMatchObject({ predictions: 10, oldestReceivedAt: firstWindow });
      expect((await keeper().kept(system)).bytes).toBeGreaterThan(100);
      expect(await keeper().receivedAtShare(system, 0.5)).toBe(firstWindow + 5_000);
      const before = firstWindow + 3_000;
      expect(await keeper().windowsBefore(system, before)).toEqual([0, 1, 2].map((n) => firstWindow + n * hourMs));
      expect(await keeper().dropBefore(system, before)).toEqual({ predictions: 3, outcomes: 2 });
      expect(await idsOf(system)).toEqual(["r3", "r4", "r5", "r6", "r7", "r8", "r9"]);
      expect(await bench().events.counts(system)).toMatchObject({ outcomes: 1, outcomesWaiting: 0 });
      expect(await keeper().dropBefore(system, before)).toEqual({ predictions: 0, outcomes: 0 });
    });
  });
}
