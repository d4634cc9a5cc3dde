import { createHash } from "node:crypto";
import {
  type DeclarationDocument,
  type PipelineDeclaration,
  pipelineDeclaration,
  readSchema,
} from "@homeostat/protocol";
import type { ExpressionChecker } from "../../domain/engine/expression.ts";
import { secondMs } from "../../domain/instant.ts";
import { canonicalTextOf, columnTypeOf, type Feature, type Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { Issue } from "../handler.ts";
import { checkExpression } from "./check-expression.ts";
import { durationMsOf } from "./duration.ts";
import type { SystemContract } from "./read-contract.ts";

const versionDigits = 16;

/** `pl-` and 16 hex digits of SHA-256 over the canonical text: same features over the same fields, same version. */
function versionOf(pipeline: Pick<Pipeline, "inputs" | "features">): string {
  return `pl-${createHash("sha256").update(canonicalTextOf(pipeline)).digest("hex").slice(0, versionDigits)}`;
}

/** Names that stand twice in a list of named things, at their lines. */
export function repeatedNames(document: DeclarationDocument, list: string, names: readonly string[]): readonly Issue[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: document.place([list, index, "name"]),
            expected: "each name once",
            found: `\`${name}\` a second time`,
          },
        ],
  );
}

/** Outcome columns may not stand in inputs: the reason said when one does. */
export function outcomeReasons(contract: SystemContract): ReadonlyMap<string, string> {
  return new Map(
    contract.source.outcomeColumns.map(({ name }) => [name, "which is tagged `outcome`: it is known only afterwards"]),
  );
}

/** The input fields as the engine sees them. */
export function inputColumns(contract: SystemContract): readonly { readonly name: string; readonly type: string }[] {
  return contract.inputs.map(({ name, type }) => ({ name, type: columnTypeOf(type) }));
}

/**
 * Reads a pipeline against the contract of one system: the same file may serve systems with different contracts, and
 * is then two pipelines.
 * @throws Fault of the engine.
 */
export async function readPipeline(
  document: DeclarationDocument,
  contract: SystemContract,
  checker: ExpressionChecker,
): Promise<{ readonly value: Pipeline } | { readonly issues: readonly Issue[] }> {
  const read = readSchema<PipelineDeclaration>(pipelineDeclaration, document);
  if ("issues" in read) return read;
  const declared = read.value.features;
  const repeated = repeatedNames(
    document,
    "features",
    declared.map((feature) => feature.name),
  );
  const columns = inputColumns(contract);
  const forbidden = outcomeReasons(contract);
  const checked = await Promise.all(
    declared.map(({ name, type, expression }, index) =>
      checkExpression(checker, {
        what: `feature ${name}`,
        expression,
        columns,
        wanted: type === "number" ? "number" : "text",
        contractId: contract.id,
        forbidden,
        place: document.place(["features", index, "expression"]),
      }),
    ),
  );
  const issues = [...repeated, ...checked.flatMap((answer) => (answer.kind === "wrong" ? [answer.issue] : []))];
  if (issues.length > 0) return { issues };
  const features = declared.flatMap(({ name, type, maxAge }, index): Feature[] => {
    const answer = checked[index];
    if (answer?.kind !== "checked") return [];
    const feature = { name, type, expression: answer.expression, reads: answer.columnsUsed };
    return [maxAge === undefined ? feature : { ...feature, maxAgeSeconds: durationMsOf(maxAge) / secondMs }];
  });
  const parts = { inputs: contract.inputs, features };
  return { value: { ...parts, version: versionOf(parts) } };
}
