import type { Clock } from "../../domain/instant.ts";
import { dropBefore, type Retirement, type RetirementStore } from "../../domain/keeping/retention.ts";
import type { RowKeeper } from "../../domain/keeping/row-keeper.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowStore } from "../../domain/window/window.ts";
import type { QuietGate } from "./quiet-gate.ts";

export interface RetainPorts {
  readonly rows: RowKeeper;
  readonly windows: WindowStore;
  readonly retirements: RetirementStore;
  readonly gate: QuietGate;
  readonly clock: Clock;
}

/**
 * Drops what a system's retention rule no longer keeps. The windows that lose rows are closed first: what was counted of
 * them stays, and none is counted again over what is left. Undefined when nothing had to go.
 */
export async function retainRows(ports: RetainPorts, system: System): Promise<Retirement | undefined> {
  const rule = system.retention;
  if (rule === undefined) return undefined;
  return ports.gate.exclusive(async () => {
    const at = ports.clock.now();
    const due = await dropBefore(rule, await ports.rows.kept(system), at, (share) =>
      ports.rows.receivedAtShare(system, share),
    );
    if (due === undefined) return undefined;
    const windows = await ports.rows.windowsBefore(system, due.receivedBefore);
    if (windows.length === 0) return undefined;
    await ports.windows.retire(system.name, windows, at);
    const dropped = await ports.rows.dropBefore(system, due.receivedBefore);
    const retirement: Retirement = { system: system.name, at, ...due, ...dropped, windows: windows.length };
    await ports.retirements.record(retirement);
    return retirement;
  });
}
