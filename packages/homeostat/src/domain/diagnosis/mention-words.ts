import { type Baseline, nullValue, otherValue } from "../baseline/baseline.ts";
import type { Slice } from "../baseline/slice-store.ts";
import type { System } from "../system/system.ts";
import type { MentionWords } from "./suspect-mention.ts";

/** The words by which a log entry would say that it is about this slice and these features, or about others. Pure. */
export function mentionWords(
  system: System,
  baseline: Baseline | undefined,
  slice: Slice | undefined,
  shares: readonly { readonly feature: string }[],
): MentionWords {
  const named = (slice?.conditions ?? []).filter(
    ({ dimension }) => dimension.kind === "segment" || dimension.kind === "channel",
  );
  const own = named.flatMap(({ dimension, values }) => values.map((value) => ({ dimension: dimension.name, value })));
  // A change for one value of any segment would have moved the rows of that value and no others.
  const held = new Set(own.map(({ dimension, value }) => `${dimension}=${value}`));
  const others = (baseline?.segments ?? []).flatMap(({ name, values }) =>
    values.map((value) => ({ dimension: name, value })).filter(({ value }) => !held.has(`${name}=${value}`)),
  );
  const isName = ({ value }: { readonly value: string }): boolean => value !== nullValue && value !== otherValue;
  const moved = new Set(shares.map(({ feature }) => feature));
  const wordsOf = (name: string): readonly string[] => {
    const reads = system.pipeline.features.find((feature) => feature.name === name)?.reads ?? [];
    const physical = system.pipeline.inputs.filter((field) => reads.includes(field.name)).map((f) => f.physicalName);
    return [name, ...reads, ...physical];
  };
  const features = [...new Set([...moved].flatMap(wordsOf))];
  const rest = system.pipeline.features.filter(({ name }) => !moved.has(name)).flatMap(({ name }) => wordsOf(name));
  return {
    slice: own.filter(isName),
    otherValues: others.filter(isName),
    features,
    // Without a feature that moved, naming one speaks neither for nor against.
    otherFeatures: moved.size === 0 ? [] : [...new Set(rest)].filter((word) => !features.includes(word)),
  };
}
