import type { Comparison } from "../../domain/comparison/comparison.ts";
import { columnSentence, schemaSentence } from "../../domain/comparison/finding-sentence.ts";

/** The whole comparison as one document: every question with its numbers, quiet ones included; null where not known. */
export function comparisonJson(comparison: Comparison): Readonly<Record<string, unknown>> {
  const { plan, columns } = comparison;
  return {
    verdict: comparison.verdict,
    reference: comparison.reference,
    current: comparison.current,
    segments: plan.segments,
    schema: plan.schema.map((finding) => ({ ...finding, sentence: schemaSentence(finding) })),
    columns: comparison.findings.map((finding) => ({
      ...withNulls({ ...finding }),
      sentence: columnSentence(finding, columns),
    })),
    performance:
      plan.performance.kind === "not-checked"
        ? plan.performance
        : {
            ...plan.performance,
            positive: comparison.positive ?? null,
            metrics: comparison.performance.map((finding) => ({
              ...withNulls({ ...finding }),
              reference: shown(finding.reference),
              current: shown(finding.current),
            })),
          },
    notCompared: plan.notCompared,
  };
}

/** JSON leaves out what is undefined; a reader of the document should see that it is not known. */
function withNulls(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? null]));
}

function shown(estimate: Comparison["performance"][number]["current"]): Readonly<Record<string, number>> | null {
  if (estimate === undefined) return null;
  return { value: estimate.value, lower95: estimate.lower, upper95: estimate.upper, rows: estimate.n };
}
