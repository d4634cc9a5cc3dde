import type { Instant } from "../instant.ts";

/** Keeps the gateway from answering as the live release would, because of an incident. Lifted with it, or by hand. */
export interface ServingHold {
  readonly system: string;
  readonly incident: number;
  /** The rule that asked for it. */
  readonly action: string;
  readonly since: Instant;
  readonly what: HeldServing;
}

export type HeldServing =
  /** The declared fallbacks answer; the live release only when none of them can. */
  | { readonly kind: "fallback" }
  /** The model gets this value of one feature, whatever was computed. */
  | { readonly kind: "feature"; readonly feature: string; readonly value: number | string };

export interface HoldStore {
  /** Oldest first. */
  of(system: string): Promise<readonly ServingHold[]>;
  /** The same action on the same incident again changes nothing. */
  put(hold: ServingHold): Promise<void>;
  /** Takes holds away: of one incident, or all of the system; answers what was taken away. */
  lift(system: string, incident: number | undefined): Promise<readonly ServingHold[]>;
}

/** Why an answer is not the live release's own, for the caller. */
export function holdWords({ incident, what }: ServingHold): string {
  return what.kind === "fallback"
    ? `the live release is held back because of incident ${incident}`
    : `${what.feature} is frozen at ${what.value} because of incident ${incident}`;
}
