import { expect, it } from "vitest";
import type { ControlBench } from "./control-bench.ts";
import { sampleFinding } from "./control-sample.ts";

const dayWindow = { start: Date.parse("2026-03-01T00:00:00Z"), end: Date.parse("2026-03-02T00:00:00Z") };

/** Contracts of sources in the control store. */
export function sourceConformance(bench: () => ControlBench): void {
  contractFindings(bench);
  sources(bench);
}

function contractFindings(bench: () => ControlBench): void {
  it("of a contract and of other monitors replace only their own", async () => {
    const { findings } = bench().store;
    const drift = sampleFinding("two-hands", "t-drift", dayWindow);
    const promise = { ...sampleFinding("two-hands", "t-promise", dayWindow), monitor: "contract" as const };
    await findings.replace("two-hands", dayWindow, [promise], 1, "contract");
    await findings.replace("two-hands", dayWindow, [drift], 2, "monitors");
    const standing = async () =>
      (await findings.list("two-hands", {})).flatMap((one) => (one.withdrawnAt === undefined ? [one.id] : []));
    expect(await standing()).toEqual(["t-drift", "t-promise"]);
    await findings.replace("two-hands", dayWindow, [], 3, "contract");
    expect(await standing()).toEqual(["t-drift"]);
  });
}

function sources(bench: () => ControlBench): void {
  it("keep every version, and the last one counts", async () => {
    const { sources } = bench().store;
    const contract = {
      id: "till",
      version: "1",
      status: "active",
      object: "o",
      fields: [],
      rules: [],
      unchecked: ["x"],
    };
    const first = { id: "till", digest: "d1", since: 5, actor: "ann", breaking: false, contract };
    const second = { ...first, digest: "d2", since: 6, breaking: true, contract: { ...contract, version: "2" } };
    expect(await sources.get("till")).toBeUndefined();
    for (const version of [first, first, second, second]) await sources.add(version);
    expect(await sources.get("till")).toEqual(second);
    expect(await sources.versions("till")).toEqual([second, first]);
    await sources.add({ ...first, id: "kiosk" });
    expect((await sources.list()).map((one) => [one.id, one.contract.version])).toEqual([
      ["kiosk", "1"],
      ["till", "2"],
    ]);
    expect(await sources.versions("nobody")).toEqual([]);
  });
}
