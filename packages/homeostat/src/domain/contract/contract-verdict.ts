import type { Instant } from "../instant.ts";
import type { VerdictState } from "../window/window.ts";

/** The rules of a source's contract over one window, counted by how they did. */
export interface ContractTally {
  /** Start of the window. */
  readonly start: Instant;
  readonly rows: number;
  readonly passed: number;
  readonly critical: number;
  readonly warning: number;
  /** Broken, and declared to be no more than information. */
  readonly info: number;
  readonly notChecked: number;
  /** Whether its rows took much longer to be stored than usual. */
  readonly isSlow: boolean;
}

/** What a contract alone says of a window; undefined: the window was not held to it. Rules none of which could be counted say nothing. */
export function contractVerdict(tally: ContractTally | undefined): VerdictState {
  if (tally === undefined) return "not-checked";
  if (tally.critical > 0) return "critical";
  if (tally.warning > 0 || tally.isSlow) return "warning";
  return tally.passed + tally.info === 0 ? "not-checked" : "healthy";
}

/** Findings that a window's check made. */
export function contractFindingCount(tally: ContractTally | undefined): number {
  return tally === undefined ? 0 : tally.critical + tally.warning + Number(tally.isSlow);
}

/** The worse of what monitors and contract say. A contract that is kept does not make a window healthy that no monitor looked at. */
export function windowVerdict(monitors: VerdictState, tally: ContractTally | undefined): VerdictState {
  const contract = contractVerdict(tally);
  if (monitors === "critical" || contract === "critical") return "critical";
  return contract === "warning" ? "warning" : monitors;
}
