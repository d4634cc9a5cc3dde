import type { Layer } from "../finding/finding.ts";
import type { System } from "../system/system.ts";

/** A way in which a system in production goes wrong without an error, and the requirement row it comes from. */
interface FailureModeDefinition {
  readonly layer: Layer;
  /** What happens, in words of somebody who is affected. */
  readonly title: string;
  /** Why a system cannot have it, in words; absent or undefined: it can. */
  readonly doesNotApply?: (system: System) => string | undefined;
}

const servedElsewhere = ({ serving }: System): string | undefined =>
  serving === "monitor-only" ? "predictions are made elsewhere, on machines that Homeostat does not see" : undefined;

/** Every failure mode that a system is asked about in its coverage map (R61), in the order it is shown. */
const failureModes = {
  "slow-answers": { layer: "infrastructure", title: "answers take too long" },
  "failed-answers": { layer: "infrastructure", title: "answers fail or come from a fallback" },
  "exhausted-resources": {
    layer: "infrastructure",
    title: "processor, memory or disk run out",
    doesNotApply: servedElsewhere,
  },
  "broken-contract": { layer: "pipeline", title: "a source breaks its promise" },
  "missing-values": { layer: "pipeline", title: "values go missing" },
  "new-categories": { layer: "pipeline", title: "categories appear that training never saw" },
  "out-of-range": { layer: "pipeline", title: "values leave the range of training" },
  "volume-change": { layer: "pipeline", title: "rows stop coming, or come twice" },
  "late-data": { layer: "pipeline", title: "rows or outcomes arrive late" },
  "slow-processing": { layer: "pipeline", title: "processing slows down with no release" },
  "stale-features": { layer: "pipeline", title: "features are older than they should be" },
  "training-serving-skew": { layer: "pipeline", title: "features are computed otherwise than in training" },
  "input-drift": { layer: "model", title: "the distribution of an input moves" },
  "joint-drift": { layer: "model", title: "inputs move together while each alone looks calm" },
  "prediction-drift": { layer: "model", title: "the distribution of predictions moves" },
  "out-of-distribution": { layer: "model", title: "inputs far from anything seen in training" },
  probing: { layer: "model", title: "one caller feels for the decision boundary" },
  "non-determinism": { layer: "model", title: "one input gives several answers" },
  "performance-loss": { layer: "outcome", title: "predictions get worse" },
  "performance-loss-unlabelled": { layer: "outcome", title: "predictions get worse before outcomes are known" },
  "concept-drift": { layer: "outcome", title: "the same input has another outcome than before" },
  "silent-degradation": { layer: "outcome", title: "confidence rises while outcomes worsen" },
  "slow-loss": { layer: "outcome", title: "performance is lost slowly, over months" },
  "slice-loss": { layer: "outcome", title: "a slice gets worse under a calm average" },
  "cohort-disagreement": { layer: "outcome", title: "cohorts that should agree do not" },
  "business-loss": { layer: "outcome", title: "the business outcome falls while the model looks well" },
  "objective-missed": { layer: "outcome", title: "a service level objective burns its budget" },
} as const satisfies Record<string, FailureModeDefinition>;

export type FailureMode = keyof typeof failureModes;

/** In the order they are shown. */
export const failureModeNames = Object.keys(failureModes) as readonly FailureMode[];

export function failureModeOf(mode: FailureMode): FailureModeDefinition {
  return failureModes[mode];
}
