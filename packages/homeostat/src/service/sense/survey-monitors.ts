import type { ContractTally } from "../../domain/contract/contract-verdict.ts";
import type { ContractWindowStore } from "../../domain/contract/contract-window.ts";
import { monitorsOf } from "../../domain/monitor/monitors-of.ts";
import type { MonitorSettings } from "../../domain/monitor/settings.ts";
import type { VerdictStore, VerdictTally } from "../../domain/monitor/verdict.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowRecord, WindowStore } from "../../domain/window/window.ts";

export interface SurveyPorts {
  readonly releases: ReleaseStore;
  readonly windows: WindowStore;
  readonly verdicts: VerdictStore;
  readonly contracts: ContractWindowStore;
}

/** Who watches a system, and how the newest evaluated window did. */
export interface MonitorSurvey {
  readonly watching: readonly MonitorSettings[];
  /** undefined: nothing with a baseline is live. */
  readonly release: Release | undefined;
  readonly window: WindowRecord | undefined;
  readonly tallies: readonly VerdictTally[];
  /** Of the newest window that was held to the contract. */
  readonly contract: ContractTally | undefined;
}

/** How many windows back a newest evaluated one is looked for before all are. */
const nearWindows = 100;

/** Looks at the newest evaluated window of the live release. Cost: three short statements. */
export async function surveyMonitors(ports: SurveyPorts, system: System): Promise<MonitorSurvey> {
  const watching = monitorsOf(system);
  const [live, windows] = await Promise.all([ports.releases.live(system.name), ports.windows.list(system.name, {})]);
  const release = live?.baseline === undefined ? undefined : live;
  const window = windows.findLast(({ profileVersion, evaluatedAt }) => profileVersion > 0 && evaluatedAt !== undefined);
  const newest = windows.at(-1);
  const contracts =
    newest === undefined
      ? []
      : await ports.contracts.tallies(system.name, { from: newest.start - nearWindows * system.windows.lengthMs });
  return {
    watching,
    release,
    window,
    tallies:
      release === undefined || window === undefined
        ? []
        : await ports.verdicts.tallies({ system: system.name, release: release.id, windows: [window] }),
    contract: contracts.at(-1),
  };
}
