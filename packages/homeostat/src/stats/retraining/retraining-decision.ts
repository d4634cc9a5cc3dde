import type { ExpectedGain } from "./expected-gain.ts";
import type { RetrainingTrigger } from "./retraining-trigger.ts";

/** What explains the drop: from the shift decomposition and the skew classifier. */
export type DropExplanation = "covariate" | "concept" | "unseen" | "pipeline" | "unknown";

export interface RetrainingInput {
  readonly trigger: RetrainingTrigger;
  readonly explanation: DropExplanation;
  /** Labelled rows from after the change. */
  readonly labelledRows: number;
  readonly rowsNeeded: number;
  readonly daysSinceRetraining: number;
  /** How long labels take to arrive; the cool-down is twice this. */
  readonly labelLatencyDays: number;
  /** Comparison of a challenger already trained, if any. */
  readonly gain: ExpectedGain | null;
}

/** Why not to retrain now, in the order in which the gates are asked. */
export type RetrainingRefusal =
  | { readonly gate: "cost-unknown" }
  | { readonly gate: "not-due"; readonly share: number }
  /** The data are wrong, not the model: retraining would teach it the fault. */
  | { readonly gate: "fix-pipeline" }
  /** Rows unlike any seen before: label some first. */
  | { readonly gate: "collect-labels"; readonly have: number; readonly need: number }
  | { readonly gate: "explain-first" }
  | { readonly gate: "too-few-labels"; readonly have: number; readonly need: number }
  | { readonly gate: "cooling-down"; readonly daysLeft: number }
  | { readonly gate: "gain-too-small"; readonly net: number };

export type RetrainingDecision =
  | { readonly decision: "retrain"; readonly reason: "due"; readonly next: "shadow-non-inferiority" }
  | { readonly decision: "wait"; readonly refusals: readonly [RetrainingRefusal, ...RetrainingRefusal[]] };

/**
 * Whether to spend on retraining now. Every gate that says no is listed, the first in order of asking first.
 *
 * Gates: the ski-rental trigger is due; the drop is a covariate or concept shift (a pipeline fault is fixed, not learned;
 * unseen rows need labels; an unexplained drop is explained first); enough labelled rows from after the change; twice the
 * label latency has passed since the last retraining; and, where a challenger exists, its expected gain exceeds the cost.
 * A retrained model is promoted only through `releaseVerdict` on shadow traffic. Cost: O(1).
 * Source: algorithms specification, section 12.
 */
export function retrainingDecision(input: RetrainingInput): RetrainingDecision {
  const [first, ...others] = [
    ...triggerRefusal(input.trigger),
    ...explanationRefusal(input),
    ...labelRefusal(input),
    ...coolDownRefusal(input),
    ...gainRefusal(input.gain),
  ];
  if (first !== undefined) return { decision: "wait", refusals: [first, ...others] };
  return { decision: "retrain", reason: "due", next: "shadow-non-inferiority" };
}

function triggerRefusal(trigger: RetrainingTrigger): readonly RetrainingRefusal[] {
  if (trigger.kind === "insufficient") return [{ gate: "cost-unknown" }];
  return trigger.kind === "not-due" ? [{ gate: "not-due", share: trigger.share }] : [];
}

function explanationRefusal(input: RetrainingInput): readonly RetrainingRefusal[] {
  switch (input.explanation) {
    case "pipeline":
      return [{ gate: "fix-pipeline" }];
    case "unseen":
      return input.labelledRows < input.rowsNeeded
        ? [{ gate: "collect-labels", have: input.labelledRows, need: input.rowsNeeded }]
        : [];
    case "unknown":
      return [{ gate: "explain-first" }];
    case "covariate":
    case "concept":
      return [];
  }
}

function labelRefusal(input: RetrainingInput): readonly RetrainingRefusal[] {
  const { labelledRows: have, rowsNeeded: need } = input;
  return have < need && input.explanation !== "unseen" ? [{ gate: "too-few-labels", have, need }] : [];
}

function coolDownRefusal(input: RetrainingInput): readonly RetrainingRefusal[] {
  const daysLeft = 2 * input.labelLatencyDays - input.daysSinceRetraining;
  return daysLeft > 0 ? [{ gate: "cooling-down", daysLeft }] : [];
}

function gainRefusal(gain: ExpectedGain | null): readonly RetrainingRefusal[] {
  return gain !== null && gain.kind === "not-worthwhile" ? [{ gate: "gain-too-small", net: gain.net }] : [];
}
