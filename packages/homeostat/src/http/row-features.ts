import type { Feature, FeatureVector } from "../domain/pipeline/pipeline.ts";
import type { Prediction } from "../domain/prediction/prediction.ts";
import { asObject, issue, isText, type RawRow, type RowContext, type RowIssue } from "./row-check.ts";

const longestCategory = 10_000;

/** The vector a sender says the model saw, in the order of the pipeline's features. */
export interface ReadFeatures {
  readonly vector: Prediction["vector"];
  readonly nestedKeys: number;
}

/** Reads the features of a row: all of the pipeline's, or none. What the pipeline does not have is refused. */
export function readFeatures({ features: told }: RawRow, context: RowContext): ReadFeatures | RowIssue {
  if (told === undefined) return { vector: undefined, nestedKeys: 0 };
  const values = asObject(told);
  if (values === undefined) return issue("features", "an object of values by feature", told);
  const names = Object.keys(values);
  const stranger = names.find((name) => !context.features.some((feature) => feature.name === name));
  if (stranger !== undefined)
    return {
      path: `features.${stranger.slice(0, 80)}`,
      expected: "the name of a feature of the pipeline",
      found: "another name",
    };
  const vector: (number | string | null)[] = [];
  for (const feature of context.features) {
    const value = values[feature.name];
    if (!isFeatureValue(feature, value, context))
      return issue(
        `features.${feature.name}`,
        feature.type === "number" ? "a number or null" : `text of at most ${longestCategory} characters, or null`,
        value,
      );
    vector.push(value);
  }
  return { vector: { features: context.features, values: vector }, nestedKeys: names.length };
}

function isFeatureValue(feature: Feature, value: unknown, context: RowContext): value is FeatureVector[number] {
  if (value === null) return true;
  return feature.type === "number" ? Number.isFinite(value) : isText(value, 0, longestCategory, context);
}
