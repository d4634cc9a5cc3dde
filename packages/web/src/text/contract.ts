import type { SourceWindow } from "@homeostat/protocol";
import { formatCount, formatDecimal, formatNumber, formatShare } from "./number.ts";
import { formatDuration } from "./time.ts";

export type RuleResult = SourceWindow["results"][number];

/** How a promise was kept, from the worst; `none` is what no check looked at. */
export const outcomes = ["critical", "warning", "info", "none", "kept"] as const;
export type RuleOutcome = (typeof outcomes)[number];

export const outcomeWords: { readonly [O in RuleOutcome]: { readonly word: string; readonly meaning: string } } = {
  critical: { word: "Broken", meaning: "The promise is broken by more than a few rows, or beyond a declared limit." },
  warning: {
    word: "Broken, a little",
    meaning: "The promise is broken by at most 1 % of the rows, or it is a warning.",
  },
  info: { word: "Noted", meaning: "The promise is broken, and the contract says that this is only worth a note." },
  none: { word: "Not checked", meaning: "No check has looked at it. It is not known to be kept." },
  kept: { word: "Kept", meaning: "Checked, and the promise is kept." },
};

/** What a result says of its promise: only what passed is kept. */
export function outcomeOf(result: Pick<RuleResult, "state" | "grade">): RuleOutcome {
  if (result.state === "passed") return "kept";
  if (result.state === "not-checked") return "none";
  return result.grade === "none" ? "critical" : result.grade;
}

/** The worst of several results: what is broken before what is kept; `none` only where nothing was checked at all. */
export function worstOutcome(results: readonly Pick<RuleResult, "state" | "grade">[]): RuleOutcome {
  const found = new Set(results.map(outcomeOf));
  const broken = outcomes.find((outcome) => outcome !== "none" && outcome !== "kept" && found.has(outcome));
  return broken ?? (found.has("kept") ? "kept" : "none");
}

/** What was counted for a rule, with its unit; null where there is no number. */
export function countedText({ rule, counted, share, rows }: RuleResult): string | null {
  if (counted === null) return null;
  if (/^sla-(latency|ly|freshness)/.test(rule)) return formatDuration(counted);
  if (/^sla-completeness/.test(rule)) return `${formatDecimal(counted, 1)} %`;
  return share === null
    ? formatNumber(counted)
    : `${formatCount(counted)} of ${formatCount(rows)} (${formatShare(share)})`;
}

/** Offending values with their counts: `LAX: 12, SFO: 3`. */
function valuesText({ values }: Pick<RuleResult, "values">): string {
  return values.map(({ value, count }) => `${value === "" ? "(empty text)" : value}: ${formatCount(count)}`).join(", ");
}

/** Words of a rule without the marks around names of fields. */
export const plainWords = (words: string): string => words.replaceAll("`", "");

/** One rule in one window, in one plain sentence; `when` names the window. */
export function ruleSentence(name: string, result: RuleResult | null, when: string): string {
  if (result === null) return `${name} · ${when}: not checked, the contract of that time did not have this rule.`;
  const outcome = outcomeOf(result);
  const head = `${name} · ${when}: ${outcomeWords[outcome].word.toLowerCase()}`;
  if (outcome === "none")
    return `${head}, ${plainWords(result.reason ?? "no reason is known")}. ${plainWords(result.words)}.`;
  const counted = countedText(result);
  const values = valuesText(result);
  return `${head}. ${plainWords(result.words)}${counted === null ? "" : `; counted ${counted}`}${values === "" ? "" : `; values ${values}`}.`;
}

/** Rules that the newest window could not be held to, with the reasons; each once, whatever number of systems read it. */
export function uncheckedRules(windows: readonly SourceWindow[]): readonly RuleResult[] {
  const newest = Math.max(...windows.map(({ start }) => Date.parse(start)));
  const found = windows
    .filter(({ start }) => Date.parse(start) === newest)
    .flatMap(({ results }) => results.filter(({ state }) => state === "not-checked"));
  return [...new Map(found.map((result) => [result.rule, result])).values()];
}
