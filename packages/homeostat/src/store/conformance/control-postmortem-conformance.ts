import { describe, expect, it } from "vitest";
import type { Postmortem } from "../../domain/postmortem/postmortem.ts";
import type { ControlBench } from "./control-bench.ts";
import { sampleIncident } from "./control-sample.ts";

const entry = { at: 5, kind: "opened", text: "opened", actor: undefined } as const;
const versionOf = (incident: number, version: number, system = "learning"): Postmortem => ({
  incident,
  system,
  version,
  state: version === 1 ? "draft" : "published",
  title: "the clock",
  markdown: `# Postmortem\n\nversion ${version}`,
  made: [],
  at: 1_700_000_000_000 + version,
  by: "ann",
});

/** What was learned, and how it is found again. */
export function postmortemConformance(bench: () => ControlBench): void {
  describe("postmortems", () => {
    it("keeps every version, gives the newest, and takes no version twice", async () => {
      const { postmortems } = bench().store;
      expect(await postmortems.save(versionOf(901, 1))).toBe("saved");
      expect(await postmortems.save(versionOf(901, 2))).toBe("saved");
      expect(await postmortems.save({ ...versionOf(901, 2), markdown: "another" })).toBe("taken");
      expect(await postmortems.get(901)).toEqual(versionOf(901, 2));
      expect(await postmortems.get(901, 1)).toEqual(versionOf(901, 1));
      expect(await postmortems.get(901, 3)).toBeUndefined();
      expect(await postmortems.get(900)).toBeUndefined();
      expect(await postmortems.versions(901)).toEqual([
        { version: 1, state: "draft", at: 1_700_000_000_001, by: "ann" },
        { version: 2, state: "published", at: 1_700_000_000_002, by: "ann" },
      ]);
    });

    it("lists the newest version of each, newest incident first", async () => {
      const { postmortems } = bench().store;
      for (const [incident, version] of [
        [911, 1],
        [912, 1],
        [911, 2],
      ] as const)
        await postmortems.save(versionOf(incident, version, "listed"));
      const found = await postmortems.list("listed");
      expect(found.map(({ incident, version }) => [incident, version])).toEqual([
        [912, 1],
        [911, 2],
      ]);
      expect((await postmortems.list(undefined)).length).toBeGreaterThanOrEqual(2);
    });
  });

  describe("traces of incidents", () => {
    it("are stale until they are made, and again after the timeline or the postmortem grew", async () => {
      const { incidents, postmortems, traces } = bench().store;
      const { number } = await incidents.open(sampleIncident("traced"), entry);
      const isStale = async (): Promise<boolean> =>
        (await traces.stale(10_000)).some(({ incident }) => incident === number);
      expect(await isStale()).toBe(true);
      const trace = { incident: number, system: "traced", marks: ["feature:hour"], text: "the clock of ATL" };
      await traces.save(trace, 1);
      expect(await isStale()).toBe(false);
      expect(await traces.get(number)).toEqual(trace);
      await incidents.change(number, {}, { at: 6, kind: "note", text: "a note", actor: "ann" });
      expect(await isStale()).toBe(true);
      await traces.save(trace, 2);
      expect(await isStale()).toBe(false);
      await postmortems.save(versionOf(number, 1, "traced"));
      expect(await isStale()).toBe(true);
    });

    it("are found by a mark or a word that they share, whatever characters stand in them", async () => {
      const { traces } = bench().store;
      const before = await traces.size();
      const strange = { incident: 921, system: "s", marks: ["slice:origin=\0'x\ud800"], text: "Départs à l'heure" };
      await traces.save(strange, 1);
      await traces.save({ incident: 922, system: "s", marks: ["monitor:volume"], text: "volume volume" }, 1);
      expect(
        (await traces.withMarks(["slice:origin=\0'x\ud800", "slice:other"], 5)).map((one) => one.incident),
      ).toEqual([921]);
      expect((await traces.withWords(["depart"], 5)).map((one) => one.incident)).toContain(921);
      expect(await traces.withWords([], 5)).toEqual([]);
      const after = await traces.size();
      expect(after.traces - before.traces).toBe(2);
      expect(after.meanWords).toBeGreaterThan(0);
    });
  });
}
