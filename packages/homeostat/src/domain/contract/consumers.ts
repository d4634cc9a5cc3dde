import type { System } from "../system/system.ts";
import type { Consumer } from "./diff-contracts.ts";

const wordsOf = (expression: string): readonly string[] => expression.match(/\w+/g) ?? [];

/** The systems that read a source, each with the fields that its features, segments and outcome mention. */
export function consumersOf(contractId: string, systems: readonly System[]): readonly Consumer[] {
  return systems
    .filter((system) => system.source.contractId === contractId)
    .map((system) => ({
      system: system.name,
      fields: new Set([
        ...system.pipeline.features.flatMap((feature) => wordsOf(feature.expression)),
        ...system.segments.flatMap((segment) => wordsOf(segment.expression)),
        ...wordsOf(system.outcome.expression),
      ]),
    }));
}
