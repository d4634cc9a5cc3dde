import type { ContractChange } from "../../domain/contract/diff-contracts.ts";
import { type RuleResult, worstFirst } from "../../domain/contract/judge-rules.ts";
import type { Cli } from "../cli.ts";
import { countText, durationText, shareText, unknownMark } from "../format-value.ts";
import { renderTable } from "../table.ts";
import type { Colors } from "../terminal.ts";

function stateText(result: RuleResult, colors: Colors): string {
  if (result.state === "passed") return colors.green("passed");
  if (result.state === "not-checked") return colors.dim("not checked");
  const word = result.severity === "error" ? "failed" : `failed (${result.severity})`;
  return result.grade === "critical" ? colors.red(word) : colors.yellow(word);
}

function countedText({ rule, counted, share }: RuleResult): string {
  if (counted === undefined) return unknownMark;
  if (/^sla-(latency|ly|freshness)/.test(rule)) return durationText(counted);
  if (/^sla-completeness/.test(rule)) return `${counted.toFixed(1)} %`;
  return share === undefined ? countText(counted) : `${countText(counted)} (${shareText(share)})`;
}

function detailText(result: RuleResult): string {
  const values = result.values.map(({ value, count }) => `${value} (${countText(count)})`).join(", ");
  const examples = result.examples.length === 0 ? "" : `e.g. ${result.examples.join(", ")}`;
  return [result.reason ?? "", values, result.state === "failed" ? examples : ""]
    .filter((part) => part !== "")
    .join("; ");
}

/** Results as a table, worst first. What passed is counted in one line unless `all` asks for it. */
export function resultsText(cli: Cli, results: readonly RuleResult[], all: boolean): string {
  const { colors } = cli.terminal;
  const shown = worstFirst(results).filter((result) => all || result.state !== "passed");
  const count = (state: RuleResult["state"]): number => results.filter((result) => result.state === state).length;
  const summary = `${countText(count("failed"))} failed, ${countText(count("not-checked"))} not checked, ${countText(count("passed"))} passed\n`;
  if (shown.length === 0) return summary;
  const table = renderTable(
    [
      { head: "State" },
      { head: "Rule" },
      { head: "Promise", wraps: true },
      { head: "Counted", align: "right" },
      { head: "Found", wraps: true },
    ],
    shown.map((result) => [
      stateText(result, colors),
      result.rule,
      result.words,
      countedText(result),
      detailText(result),
    ]),
    cli.terminal,
  );
  return `${table}${summary}`;
}

/** Changes between two versions, breaking ones first. Which systems they break is known only where a server was asked. */
export function changesText(cli: Cli, changes: readonly ContractChange[], asked = true): string {
  const { colors } = cli.terminal;
  if (changes.length === 0) return "Both versions promise the same.\n";
  const breaking = changes.filter((change) => change.breaking);
  const table = renderTable(
    [
      { head: "Change" },
      { head: "Field" },
      { head: "What", wraps: true },
      ...(asked ? [{ head: "Breaks", wraps: true }] : []),
    ],
    changes.map((change) => [
      change.breaking ? colors.red("breaking") : colors.green("compatible"),
      change.field ?? "the whole object",
      change.what,
      ...(asked ? [change.breaking ? change.consumers.join(", ") || "no system" : ""] : []),
    ]),
    cli.terminal,
  );
  return `${table}${countText(breaking.length)} breaking, ${countText(changes.length - breaking.length)} compatible\n`;
}
