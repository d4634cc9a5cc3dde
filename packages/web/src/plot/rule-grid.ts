import type { SourceDetail, SourceWindow } from "@homeostat/protocol";
import { outcomeOf, outcomes, type RuleResult } from "../text/contract.ts";

/** Rules by windows; a cell is null where the window was held to a contract without the rule. */
export interface RuleGrid {
  readonly rules: readonly string[];
  /** Oldest first. */
  readonly windows: readonly SourceWindow[];
  readonly cells: readonly (readonly (RuleResult | null)[])[];
}

const rankOf = (cells: readonly (RuleResult | null)[]): number =>
  Math.min(...cells.map((cell) => outcomes.indexOf(cell === null ? "none" : outcomeOf(cell))));

/**
 * Arranges results of one system's windows: a row for each rule of the contract, and for each rule that only an earlier
 * version had; the worst first, then as the contract has them. Cost: O(rules x windows).
 */
export function ruleGrid(rules: SourceDetail["rules"], windows: readonly SourceWindow[]): RuleGrid {
  const ordered = windows.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const names = [
    ...new Set([...rules.map(({ id }) => id), ...ordered.flatMap(({ results }) => results.map(({ rule }) => rule))]),
  ];
  const byRule = ordered.map(({ results }) => new Map(results.map((result) => [result.rule, result])));
  const rows = names.map((name) => ({ name, cells: byRule.map((results) => results.get(name) ?? null) }));
  const sorted = rows.toSorted((a, b) => rankOf(a.cells) - rankOf(b.cells));
  return { rules: sorted.map(({ name }) => name), windows: ordered, cells: sorted.map(({ cells }) => cells) };
}
