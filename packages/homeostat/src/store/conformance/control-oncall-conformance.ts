import { describe, expect, it } from "vitest";
import { newEscalation } from "../../domain/oncall/escalation.ts";
import type { EscalationPolicy } from "../../domain/oncall/escalation-policy.ts";
import type { Silence } from "../../domain/oncall/mute.ts";
import { plainTiming } from "../../domain/oncall/oncall-rule.ts";
import type { MadeOverride, Schedule } from "../../domain/oncall/schedule.ts";
import type { ControlBench } from "./control-bench.ts";

const schedule = (name: string, title: string): Schedule => ({
  name,
  title,
  zone: "Europe/Berlin",
  layers: [
    {
      name: "weekly",
      starts: 5,
      ends: undefined,
      turn: { unit: "week", count: 1 },
      groups: [["anna"], []],
      hours: [{ weekdays: [1], fromMinute: 60, toMinute: 120 }],
    },
  ],
  overrides: [],
});

const policy = (name: string): EscalationPolicy => ({
  name,
  title: "",
  steps: [{ targets: [{ kind: "person", person: "anna" }], acknowledgeWithinMs: 5 }],
  repeats: 1,
  lastResort: [{ kind: "channel", declaration: { channel: "console" } }],
  acknowledgementMs: undefined,
});

/** Schedules, policies, people, silences, escalations and spent links against their ports. */
export function oncallConformance(bench: () => ControlBench): void {
  describe("on-call", () => {
    it("keeps every version of a schedule, and an equal one is not stored again", async () => {
      const { schedules } = bench().store;
      expect(await schedules.save(schedule("data", "first"), 10)).toBe("saved");
      expect(await schedules.save(schedule("data", "first"), 20)).toBe("known");
      expect(await schedules.save(schedule("data", "second"), 30)).toBe("saved");
      await schedules.save(schedule("another", "x"), 5);
      expect((await schedules.versions("data")).map(({ schedule: { title }, since }) => [title, since])).toEqual([
        ["first", 10],
        ["second", 30],
      ]);
      expect(await schedules.list()).toMatchObject([
        { schedule: { name: "another" }, since: 5 },
        { schedule: { name: "data", title: "second", layers: [{ groups: [["anna"], []] }] }, since: 30 },
      ]);
    });

    it("keeps overrides in the order in which they were made, and takes both halves of a swap back", async () => {
      const { schedules } = bench().store;
      const made = (id: string, swap: string | undefined): MadeOverride => ({
        id,
        schedule: "data",
        from: 1,
        to: 2,
        person: "ben",
        instead: "anna",
        reason: "",
        by: "me",
        at: 0,
        swap,
      });
      await schedules.addOverrides([made("z", undefined)]);
      await schedules.addOverrides([made("b", "swap-1"), made("a", "swap-1")]);
      expect((await schedules.overrides("data")).map(({ id }) => id)).toEqual(["z", "b", "a"]);
      expect(await schedules.removeOverride("swap-1")).toHaveLength(2);
      expect(await schedules.removeOverride("z")).toEqual([made("z", undefined)]);
      expect(await schedules.removeOverride("z")).toEqual([]);
      expect(await schedules.overrides("data")).toEqual([]);
    });

    it("replaces policies and people by name", async () => {
      const { policies } = bench().store;
      await policies.savePolicies([policy("b"), policy("a")]);
      await policies.savePolicies([{ ...policy("a"), repeats: 3 }]);
      expect((await policies.policies()).map(({ name, repeats }) => [name, repeats])).toEqual([
        ["a", 3],
        ["b", 1],
      ]);
      const anna = { name: "anna", title: "", contact: "a@example.com", notify: [] };
      await policies.savePeople([anna]);
      await policies.savePeople([{ ...anna, contact: "b@example.com" }]);
      expect(await policies.people()).toEqual([{ ...anna, contact: "b@example.com" }]);
    });

    it("ends a silence once, and keeps it", async () => {
      const { silences } = bench().store;
      const silence = (id: string): Silence => ({
        id,
        matchers: [{ label: "system", operator: "=", value: "s" }],
        from: 0,
        to: 100,
        by: "me",
        reason: "a test",
        createdAt: 0,
        expiredAt: undefined,
      });
      await silences.add(silence("one"));
      await silences.add(silence("two"));
      expect((await silences.expire("one", 50))?.expiredAt).toBe(50);
      expect((await silences.expire("one", 60))?.expiredAt).toBe(50);
      expect(await silences.expire("none", 1)).toBeUndefined();
      expect(await silences.list()).toEqual([silence("two"), { ...silence("one"), expiredAt: 50 }]);
    });

    it("keeps one escalation per incident and policy, and says which are due", async () => {
      const { store } = bench();
      const begun = (incident: number, name: string, at: number) =>
        newEscalation({ incident, system: "s", policy: policy(name), timing: plainTiming, why: "" }, at);
      await store.transaction(async ({ escalations }) => {
        await escalations.save(begun(7_001, "a", 10));
        await escalations.save(begun(7_001, "b", 30));
        await escalations.save(begun(7_002, "a", 20));
      });
      const { escalations } = store;
      expect(await escalations.due(9)).not.toContain(7_001);
      expect((await escalations.due(20)).filter((incident) => incident > 7_000)).toEqual([7_001, 7_002]);
      await escalations.save({ ...begun(7_001, "a", 10), phase: "ended", nextAt: undefined });
      expect((await escalations.ofIncident(7_001)).map(({ phase, policy: { name } }) => [name, phase])).toEqual([
        ["a", "ended"],
        ["b", "waiting"],
      ]);
      expect(await escalations.due(20)).not.toContain(7_001);
    });

    it("lets a link be spent once", async () => {
      const { spentLinks } = bench().store;
      expect(await spentLinks.isSpent("link-1")).toBe(false);
      const answers = await Promise.all([1, 2, 3].map((at) => spentLinks.spend("link-1", at)));
      expect(answers.filter((answer) => answer === "spent")).toHaveLength(1);
      expect(await spentLinks.isSpent("link-1")).toBe(true);
    });
  });
}
