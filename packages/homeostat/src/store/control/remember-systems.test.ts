import { describe, expect, it } from "vitest";
import type { StoredSystem, System, SystemStore } from "../../domain/system/system.ts";
import { sampleSystem } from "../conformance/control-sample.ts";
import { rememberSystems } from "./remember-systems.ts";

function scene() {
  const kept = new Map<string, StoredSystem>();
  const state = { now: 0, asked: 0, failing: false };
  const store: SystemStore = {
    save: async (system: System, digest, appliedAt) => void kept.set(system.name, { system, digest, appliedAt }),
    get: async (name) => {
      state.asked += 1;
      if (state.failing) throw new Error("down");
      return kept.get(name);
    },
    versions: async () => [],
    list: async () => [...kept.values()],
    saveOwners: async () => undefined,
    owners: async () => [],
  };
  return { state, store, remembered: rememberSystems(store, { now: () => state.now }, 2_000) };
}

describe("remembered systems", () => {
  it("are read once, also by questions asked at the same time, until their time is over", async () => {
    const { state, store, remembered } = scene();
    await store.save(sampleSystem("one"), "d1", 1);
    const both = await Promise.all([remembered.get("one"), remembered.get("one")]);
    expect(both.map((stored) => stored?.digest)).toEqual(["d1", "d1"]);
    await store.save(sampleSystem("one"), "d2", 2);
    state.now = 1_999;
    expect((await remembered.get("one"))?.digest).toBe("d1");
    expect(state.asked).toBe(1);
    state.now = 2_000;
    expect((await remembered.get("one"))?.digest).toBe("d2");
  });

  it("give way at once to a declaration applied here", async () => {
    const { remembered } = scene();
    await remembered.save(sampleSystem("one"), "d1", 1);
    expect((await remembered.get("one"))?.digest).toBe("d1");
    await remembered.save(sampleSystem("one"), "d2", 2);
    expect((await remembered.get("one"))?.digest).toBe("d2");
  });

  it("do not hold on to an unknown name or a failure", async () => {
    const { state, store, remembered } = scene();
    expect(await remembered.get("late")).toBeUndefined();
    await store.save(sampleSystem("late"), "d1", 1);
    expect((await remembered.get("late"))?.digest).toBe("d1");
    state.now = 5_000;
    state.failing = true;
    await expect(remembered.get("late")).rejects.toThrow("down");
    state.failing = false;
    expect((await remembered.get("late"))?.digest).toBe("d1");
  });
});
