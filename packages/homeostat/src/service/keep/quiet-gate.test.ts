import { describe, expect, it } from "vitest";
import { createQuietGate } from "./quiet-gate.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the quiet gate", () => {
  it("lets many in together, and nobody while one wants quiet", async () => {
    const gate = createQuietGate();
    const told: string[] = [];
    const ends: (() => void)[] = [];
    const act = (name: string) => async () => {
      told.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.push(resolve));
      told.push(`${name} ends`);
    };
    const all = [gate.shared(act("a")), gate.shared(act("b"))];
    await turn();
    all.push(gate.exclusive(act("quiet")));
    await turn();
    all.push(gate.shared(act("c")), gate.exclusive(act("quiet again")));
    await turn();
    expect(told).toEqual(["a begins", "b begins"]);
    for (let step = 0; step < 8; step++) {
      ends.shift()?.();
      await turn();
      await turn();
    }
    await Promise.all(all);
    expect(told.slice(0, 6)).toEqual(["a begins", "b begins", "a ends", "b ends", "quiet begins", "quiet ends"]);
    const quiet = told.indexOf("quiet again begins");
    expect(told[quiet + 1]).toBe("quiet again ends");
    expect(told).toHaveLength(10);
  });

  it("opens again after an act that failed", async () => {
    const gate = createQuietGate();
    await expect(gate.exclusive(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(gate.shared(async () => Promise.reject(new Error("neither")))).rejects.toThrow("neither");
    expect(await gate.exclusive(async () => 7)).toBe(7);
  });
});
