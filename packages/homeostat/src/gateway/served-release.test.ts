import { describe, expect, it } from "vitest";
import { Fault } from "../domain/fault.ts";
import type { Release, ReleaseStore } from "../domain/release/release.ts";
import { sampleModel, sampleSystem } from "../store/conformance/control-sample.ts";
import { createServedReleases } from "./served-release.ts";

/** Stores and runtime written by hand, because they must be slow, down and counted. */
const release = (number: number, stage: Release["stage"]): Release => ({
  id: `s-${number}`,
  system: "s",
  number,
  stage,
  model: `m-${number}`,
  pipeline: "pl",
  baseline: undefined,
  note: "",
  createdAt: 0,
  liveSince: number,
  retiredAt: stage === "retired" ? number + 1 : undefined,
});

function house(first: readonly Release[]) {
  const state = { releases: first, now: 0, asked: 0, loaded: [] as string[], unloaded: [] as string[], fail: false };
  let gate: Promise<void> = Promise.resolve();
  const asking = {
    list: async () => {
      state.asked += 1;
      const answer = state.releases;
      await gate;
      if (state.fail) throw new Fault("control-store-unavailable", { reason: "down" });
      return answer;
    },
  };
  const served = createServedReleases(
    {
      releases: asking as unknown as ReleaseStore,
      models: {
        save: async () => undefined,
        list: async () => [],
        savePipeline: async () => undefined,
        get: async (system, version) => sampleModel(system, version, 0),
        pipeline: async () => sampleSystem("s").pipeline,
      },
      runtime: {
        load: async (version) => {
          if (version === "m-13") throw new Fault("artifact-unreadable", { path: "/models/m", reason: "gone" });
          state.loaded.push(version);
          return { version, score: () => [], unload: () => void state.unloaded.push(version) };
        },
      },
      holds: { of: async () => [] },
      now: () => state.now,
    },
    2_000,
  );
  const hold = () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    return () => open();
  };
  const ids = async () => {
    const { live, previous } = await served.served("s");
    return [live?.release.id, previous?.release.id];
  };
  return { state, served, hold, ids };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("releases kept ready", () => {
  it("are the live one and the one a rollback would return to", async () => {
    const { ids } = house([release(3, "draft"), release(2, "live"), release(1, "retired")]);
    expect(await ids()).toEqual(["s-2", "s-1"]);
  });

  it("are loaded once, however many first questions come at a time", async () => {
    const { state, ids } = house([release(2, "live"), release(1, "retired")]);
    const answers = await Promise.all(Array.from({ length: 20 }, ids));
    expect(new Set(answers.flat())).toEqual(new Set(["s-2", "s-1"]));
    expect(state.asked).toBe(1);
    expect(state.loaded).toEqual(["m-2", "m-1"]);
  });

  it("are asked for again after a while, without making a question wait", async () => {
    const { state, ids } = house([release(1, "live")]);
    await ids();
    state.releases = [release(2, "live"), release(1, "retired")];
    state.now = 2_000;
    expect(await ids()).toEqual(["s-1", undefined]);
    expect(state.asked).toBe(1);
    state.now = 2_001;
    expect(await ids()).toEqual(["s-1", undefined]);
    await settle();
    expect(await ids()).toEqual(["s-2", "s-1"]);
    expect(state.asked).toBe(2);
  });

  it("go on answering while the control store is down, and are asked for again later", async () => {
    const { state, ids } = house([release(1, "live")]);
    await ids();
    state.fail = true;
    state.now = 5_000;
    await ids();
    await settle();
    expect(await ids()).toEqual(["s-1", undefined]);
    expect(state.asked).toBe(2);
    state.fail = false;
    state.releases = [release(2, "live")];
    state.now = 10_000;
    await ids();
    await settle();
    expect(await ids()).toEqual(["s-2", undefined]);
  });

  it("are asked for by the next question once they are known to have changed", async () => {
    const { state, served, ids } = house([release(1, "live")]);
    await ids();
    state.releases = [release(2, "live"), release(1, "retired")];
    served.invalidate("s");
    expect(await ids()).toEqual(["s-2", "s-1"]);
  });

  it("are not what was asked for before they changed", async () => {
    const { state, served, hold, ids } = house([release(1, "live")]);
    const open = hold();
    const early = ids();
    state.releases = [release(2, "live"), release(1, "retired")];
    served.invalidate("s");
    const late = ids();
    open();
    await early;
    expect(await late).toEqual(["s-2", "s-1"]);
    expect(await ids()).toEqual(["s-2", "s-1"]);
  });

  it("say what is wrong with a model that cannot be loaded, and the other one still serves", async () => {
    const { served } = house([release(13, "live"), release(1, "retired")]);
    const { live, previous } = await served.served("s");
    expect(() => live?.model()).toThrow(expect.objectContaining({ code: "artifact-unreadable" }));
    expect(previous?.model().version).toBe("m-1");
  });

  it("let go of models that no release needs any more, after questions under way have ended", async () => {
    const { state, ids } = house([release(2, "live"), release(1, "retired")]);
    await ids();
    state.releases = [release(3, "live"), release(2, "retired"), release(1, "retired")].map((one) => ({ ...one }));
    for (const now of [3_000, 6_000, 9_000]) {
      state.now = now;
      await ids();
      await settle();
    }
    expect(state.unloaded).toEqual([]);
    state.now = 70_000;
    await ids();
    await settle();
    expect(state.unloaded).toEqual(["m-1"]);
    expect(await ids()).toEqual(["s-3", "s-2"]);
  });

  it("are none where nothing is live, and unload all when closed", async () => {
    expect(await house([]).ids()).toEqual([undefined, undefined]);
    const { state, served, ids } = house([release(2, "live"), release(1, "retired")]);
    await ids();
    served.close();
    expect(state.unloaded.sort()).toEqual(["m-1", "m-2"]);
  });
});
