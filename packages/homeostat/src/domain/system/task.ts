import { invariant } from "../invariant.ts";

/** What a system predicts. A system keeps its task for ever: another task is another system. */
export type Task =
  | {
      readonly type: "binary-classification";
      /** A probability at or above the threshold is a positive decision. */
      readonly threshold: number;
    }
  | {
      readonly type: "regression";
      /** Unit of the predicted value, in words. */
      readonly unit: string;
    }
  | {
      readonly type: "multiclass-classification";
      /** `open`: the classes are those that the baseline holds. */
      readonly classes: "open" | readonly string[];
    };

/** The decision threshold of a binary task. Only such a system may be asked: the gateway and the trainer serve no other. */
export function decisionThreshold(task: Task): number {
  invariant(task.type === "binary-classification", `a ${task.type} task has no decision threshold`);
  return task.threshold;
}
