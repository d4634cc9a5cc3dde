import { describe, expect, it } from "vitest";
import type { Hook } from "../../domain/hook/hook.ts";
import type { ControlBench } from "./control-bench.ts";

/** Hooks and what verifies their deliveries. */
export function hookConformance(bench: () => ControlBench): void {
  describe("hooks", () => {
    const rule = {
      repository: "a/*",
      environment: undefined,
      service: undefined,
      component: "service:a",
      kind: undefined,
      system: "s",
    };
    const hook = (id: string): Hook => ({
      id,
      name: "deploys",
      kind: "gitlab",
      rules: [rule],
      onlyMapped: true,
      createdAt: 5,
      lastUsedAt: undefined,
      revokedAt: undefined,
    });

    it("gives back a hook with its secret, and finds it by the hash of its token, until it is revoked", async () => {
      const { hooks } = bench().store;
      await hooks.save(hook("hook-1"), { kept: "hash", value: "h-1" });
      expect(await hooks.get("hook-1")).toEqual({ hook: hook("hook-1"), secret: { kept: "hash", value: "h-1" } });
      expect(await hooks.byHash("h-1")).toEqual(hook("hook-1"));
      await hooks.markUsed("hook-1", 9);
      expect(await hooks.revoke("hook-1", 10)).toEqual({ ...hook("hook-1"), lastUsedAt: 9, revokedAt: 10 });
      expect((await hooks.revoke("hook-1", 20))?.revokedAt).toBe(10);
      expect(await hooks.get("hook-1")).toBeUndefined();
      expect(await hooks.byHash("h-1")).toBeUndefined();
      expect(await hooks.revoke("hook-none", 1)).toBeUndefined();
      expect((await hooks.list()).map((one) => one.id)).toEqual(["hook-1"]);
    });

    it("never finds a signing secret as if it were a token", async () => {
      const { hooks } = bench().store;
      await hooks.save({ ...hook("hook-2"), kind: "github" }, { kept: "secret", value: "plain" });
      expect(await hooks.byHash("plain")).toBeUndefined();
    });
  });
}
