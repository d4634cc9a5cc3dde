import { binomialSurvival } from "../special/binomial-survival.ts";

/** What one window said; `unknown` when it had too little data. */
export type WindowSignal = "alarm" | "quiet" | "unknown";

/** How many alarms among how many most recent windows make a signal persistent. */
export interface PersistenceRule {
  readonly alarms: number;
  readonly windows: number;
}

/** Whether a signal persists, and on what it rests. */
export interface Persistence {
  readonly kind: "persistent" | "not-persistent" | "undecided";
  readonly alarms: number;
  readonly known: number;
}

/**
 * Judges "k of the last n windows alarmed", oldest signal first.
 *
 * Unknown windows are neither alarm nor quiet: if, were they all alarms, the rule would be met, the answer is `undecided`
 * rather than healthy. Windows that have not happened yet are not counted as unknown. Cost: O(n).
 */
export function persistenceOf(signals: readonly WindowSignal[], rule: PersistenceRule): Persistence {
  const recent = signals.slice(-rule.windows);
  const alarms = recent.filter((signal) => signal === "alarm").length;
  const known = recent.filter((signal) => signal !== "unknown").length;
  if (alarms >= rule.alarms) return { kind: "persistent", alarms, known };
  const possible = alarms + recent.length - known;
  return { kind: possible >= rule.alarms ? "undecided" : "not-persistent", alarms, known };
}

/**
 * How often a healthy stream shows "k of n" in a given run of n windows: `P(Binomial(n, alpha) ≥ k)`.
 *
 * Assumes windows independent of one another; a shared baseline correlates them (keep the baseline ten times as large).
 */
export function persistenceFalseAlarm(alpha: number, rule: PersistenceRule): number {
  return binomialSurvival(rule.alarms - 1, rule.windows, alpha);
}
