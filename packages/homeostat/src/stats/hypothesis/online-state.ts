/** The memory of an online test: how many tests were made, and at which of them (1-based) discoveries happened. */
export interface OnlineState {
  readonly tests: number;
  readonly discoveries: readonly number[];
}

/** One step of an online test: what was decided, at which level, and the memory for the next step. */
export interface OnlineStep {
  readonly decision: "discovery" | "no-discovery";
  /** The level that the p-value had to meet (for e-values: the value that the e-value had to reach). */
  readonly level: number;
  readonly state: OnlineState;
}

/** The memory before the first test. */
export const ONLINE_START: OnlineState = { tests: 0, discoveries: [] };

/** Records the outcome of the next test. */
export function advanceOnline(state: OnlineState, level: number, discovered: boolean): OnlineStep {
  const tests = state.tests + 1;
  return {
    decision: discovered ? "discovery" : "no-discovery",
    level,
    state: { tests, discoveries: discovered ? [...state.discoveries, tests] : state.discoveries },
  };
}
