import { hourMs, minuteMs, secondMs } from "../instant.ts";
import type { Hours } from "./hours.ts";
import type { Matcher } from "./matcher.ts";
import type { InhibitRule, Maintenance } from "./mute.ts";

/** Alerts that match go to a policy. */
export interface Route {
  readonly matchers: readonly Matcher[];
  /** Only at these times; always when undefined. */
  readonly during: { readonly zone: string; readonly hours: readonly Hours[] } | undefined;
  readonly policy: string;
  /** Look at the routes behind it as well. */
  readonly continues: boolean;
}

/** How alerts of one incident are told together, as in Alertmanager. */
export interface GroupTiming {
  /** Between opening and the first message: what belongs together arrives together, what ends before is never told. */
  readonly waitMs: number;
  /** Between messages about an incident that has more findings; undefined: they are not told again. */
  readonly intervalMs: number | undefined;
  /** Between one failed round of escalation and the next; undefined: one round. Rounded up to whole intervals. */
  readonly repeatMs: number | undefined;
}

/** What a system declares under `oncall`. */
export interface OncallRule {
  /** The first that matches counts. */
  readonly routes: readonly Route[];
  readonly timing: GroupTiming;
  /** `by-person`: an incident stays until somebody resolves it. `when-withdrawn`: also when no finding stands any more. */
  readonly resolve: "by-person" | "when-withdrawn";
  /** Beside the rule that a broken feed mutes what it causes. */
  readonly inhibit: readonly InhibitRule[];
  readonly maintenance: readonly Maintenance[];
}

/** Of a system that declares nothing: told once, at once, to its own channels. */
export const plainTiming: GroupTiming = { waitMs: 0, intervalMs: undefined, repeatMs: undefined };

/** Alertmanager's own defaults. */
export const usualTiming = { waitMs: 30 * secondMs, intervalMs: 5 * minuteMs, repeatMs: 4 * hourMs } as const;

export const plainOncall: OncallRule = {
  routes: [],
  timing: plainTiming,
  resolve: "by-person",
  inhibit: [],
  maintenance: [],
};
