import { describe, expect, it } from "vitest";
import type { ActionRun } from "../../domain/action/action-run.ts";
import type { ControlBench } from "./control-bench.ts";

const runOf = (incident: number, parts: Partial<ActionRun> = {}): ActionRun => ({
  incident,
  system: "acted",
  action: "back",
  deed: { kind: "rollback" },
  coolDownMs: 100,
  state: "running",
  createdAt: 10,
  changedAt: 10,
  decidedBy: undefined,
  before: "acted-2",
  after: undefined,
  text: "begun",
  ...parts,
});

/** What is done by rule, and what keeps the gateway from answering as usual. */
export function actionConformance(bench: () => ControlBench): void {
  describe("actions", () => {
    it("begin once for each incident and rule, however many ask at once", async () => {
      const { actions } = bench().store;
      const begun = await Promise.all(
        [1, 2, 3].map(() => actions.begin(runOf(31), "rollback", 0, () => runOf(31, { system: "once" }))),
      );
      expect(begun.map(({ kind }) => kind).sort()).toEqual(["begun", "known", "known"]);
      expect(begun[0]?.run).toEqual(runOf(31, { system: "once" }));
      expect(await actions.get(31, "back")).toEqual(runOf(31, { system: "once" }));
      expect(await actions.get(31, "other")).toBeUndefined();
    });

    it("see what was done of the same deed to the same system, even by one that begins at the same moment", async () => {
      const { actions } = bench().store;
      const seen: number[] = [];
      await Promise.all(
        [41, 42].map((incident) =>
          actions.begin(runOf(incident), "rollback", 5, (recent) => {
            seen.push(recent.length);
            return runOf(incident, { state: recent.length === 0 ? "running" : "cooling" });
          }),
        ),
      );
      expect(seen.sort()).toEqual([0, 1]);
      expect((await actions.doneSince("acted", "rollback", 5)).length).toBe(1);
      expect(await actions.doneSince("acted", "rollback", 11)).toEqual([]);
      expect(await actions.doneSince("acted", "retrain", 0)).toEqual([]);
    });

    it("change only from the state that is expected, and are listed newest incident first", async () => {
      const { actions } = bench().store;
      const waiting = { state: "waiting", system: "listed" } as const;
      await actions.begin(runOf(51, waiting), "rollback", 0, () => runOf(51, waiting));
      await actions.begin(runOf(52, waiting), "rollback", 0, () => runOf(52, waiting));
      const key = { incident: 51, action: "back" };
      const done = { state: "done", changedAt: 20, after: "listed-1" } as const;
      expect(await actions.change(key, "running", done)).toBeUndefined();
      expect(await actions.change(key, "waiting", done)).toEqual(runOf(51, { ...waiting, ...done }));
      expect(await actions.change({ incident: 99, action: "back" }, "waiting", done)).toBeUndefined();
      expect((await actions.list({ system: "listed" })).map(({ incident }) => incident)).toEqual([52, 51]);
      expect((await actions.list({ incident: 51, state: "done" })).length).toBe(1);
      expect(await actions.list({ system: "listed", state: "failed" })).toEqual([]);
    });
  });

  describe("holds", () => {
    it("stand once for each incident and rule until they are lifted", async () => {
      const { holds } = bench().store;
      const hold = { system: "held", incident: 3, action: "calm", since: 5, what: { kind: "fallback" } } as const;
      const frozen = {
        system: "held",
        incident: 4,
        action: "still",
        since: 6,
        what: { kind: "feature", feature: "hour", value: 12 },
      } as const;
      await holds.put(hold);
      await holds.put({ ...hold, since: 9 });
      await holds.put(frozen);
      expect(await holds.of("held")).toEqual([hold, frozen]);
      expect(await holds.of("free")).toEqual([]);
      expect(await holds.lift("held", 3)).toEqual([hold]);
      expect(await holds.lift("held", 3)).toEqual([]);
      expect(await holds.lift("held", undefined)).toEqual([frozen]);
      expect(await holds.of("held")).toEqual([]);
    });
  });

  describe("reviews", () => {
    it("are kept one for each system and month, the newest month first", async () => {
      const { reviews } = bench().store;
      const of = (month: string, headline: string) => ({
        ...{ system: "reviewed", month, from: 1, to: 2, zone: "UTC", writtenAt: 3, by: "schedule" },
        ...{ headline, markdown: "# Health \0 review" },
      });
      await reviews.save(of("2026-09", "first"));
      await reviews.save(of("2026-10", "calm"));
      await reviews.save(of("2026-09", "second"));
      expect((await reviews.list("reviewed")).map(({ headline }) => headline)).toEqual(["calm", "second"]);
      expect(await reviews.get("reviewed", "2026-09")).toEqual(of("2026-09", "second"));
      expect(await reviews.get("reviewed", "2026-08")).toBeUndefined();
    });
  });
}
