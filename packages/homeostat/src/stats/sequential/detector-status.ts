/** What a step-by-step drift detector says. "warming": it has not seen enough to say anything. */
export type DetectorStatus = "warming" | "stable" | "warning" | "drift";
