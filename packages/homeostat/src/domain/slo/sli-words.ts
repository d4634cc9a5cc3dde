import { percent } from "../monitor/wording.ts";
import { durationWords } from "./duration-words.ts";
import type { Limit, Slo } from "./slo.ts";

const operators: Readonly<Record<Limit["op"], string>> = {
  lt: "under",
  lte: "at most",
  gt: "over",
  gte: "at least",
};

const limitWords = ({ op, value }: Limit, unit: string): string => `${operators[op]} ${value}${unit}`;

/** What is good, in words: `predictions of origin=LAX answered in at most 200 ms`. */
export function sliWords({ sli, budgeting }: Pick<Slo, "sli" | "budgeting">): string {
  const segment = "segment" in sli ? sli.segment : undefined;
  const of = segment === undefined ? "" : ` of ${segment.name}=${segment.value}`;
  const slice =
    budgeting.kind === "occurrences"
      ? ""
      : `, in ${percent(budgeting.sliceTarget)} of the events of each ${durationWords(budgeting.sliceMs)}`;
  return `${goodWords(sli, of)}${slice}`;
}

function goodWords(sli: Slo["sli"], of: string): string {
  switch (sli.kind) {
    case "availability":
      return `predictions${of} ${sli.bad === "failed" ? "that did not fail" : "that neither failed nor came from a fallback"}`;
    case "latency":
      return `predictions${of} answered in ${limitWords(sli.limit, " ms")}`;
    case "accuracy":
      return `labelled predictions${of} that were ${sli.tolerance === undefined ? "right" : `within ${sli.tolerance} of the label`}`;
    case "business":
      return `outcomes ${sli.outcome}${of} of ${limitWords(sli.limit, ` ${sli.unit}`)}`;
    case "freshness":
      return `five-minute stretches at whose end the newest event was ${limitWords(sli.limit, " s")} old`;
    case "drift":
      return `windows in which the PSI of ${sli.feature === undefined ? "every feature" : `\`${sli.feature}\``}${of} was ${limitWords(sli.limit, "")}`;
  }
}
