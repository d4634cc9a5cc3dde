import type { ColumnFacts } from "./column-facts.ts";

/** What a column of a table is for. A role that cannot be told is left out: the caller asks. */
export interface TableRoles {
  readonly time: string | undefined;
  /** A column with the hour of day beside a time that only holds days. */
  readonly hour: string | undefined;
  readonly id: string | undefined;
  readonly entity: string | undefined;
  /** A probability between 0 and 1. */
  readonly score: string | undefined;
  /** A predicted value or class. */
  readonly prediction: string | undefined;
  readonly outcome: string | undefined;
  readonly segments: readonly string[];
  /** Everything else that a model may have seen. */
  readonly features: readonly string[];
  /** Columns that would fit a role equally well, so that nobody guesses. */
  readonly doubts: readonly RoleDoubt[];
}

export type Role = "time" | "id" | "entity" | "score" | "prediction" | "outcome";

interface RoleDoubt {
  readonly role: Role;
  readonly candidates: readonly string[];
}

/** What a person has said; it is never overruled. `null`: there is none. */
export type ToldRoles = { readonly [R in Role]?: string | null | undefined } & {
  readonly segments?: readonly string[] | undefined;
};

const fewClasses = 20;
const mostSegments = 4;
const mostSegmentValues = 30;

/**
 * Guesses from names and values which column holds the time, the id, the entity, the score, the prediction, the outcome,
 * and which are segments. Names are compared as words (`eventTime`, `event_time` and `EVENT TIME` are the same). A guess
 * needs a name that says so, or values that leave one candidate; two equally good candidates are a doubt and no guess.
 * Nothing is guessed against the values: a score lies in 0..1, an id never repeats. Cost: O(columns).
 */
export function recogniseRoles(columns: readonly ColumnFacts[], told: ToldRoles = {}): TableRoles {
  const taken = new Set<string>();
  const doubts: RoleDoubt[] = [];
  for (const role of roles) {
    const name = told[role];
    if (typeof name === "string") taken.add(name);
  }
  const pick = (role: Role): string | undefined => {
    const said = told[role];
    if (said !== undefined) return said ?? undefined;
    const free = columns.filter((column) => !taken.has(column.name));
    const ranked = free
      .map((column) => ({ column, fit: fits[role](column) }))
      .filter(({ fit }) => fit > 0)
      .sort((left, right) => right.fit - left.fit);
    const [best, next] = ranked;
    if (best === undefined) return undefined;
    if (next !== undefined && next.fit === best.fit) {
      const candidates = ranked.filter(({ fit }) => fit === best.fit).map(({ column }) => column.name);
      doubts.push({ role, candidates });
      return undefined;
    }
    taken.add(best.column.name);
    return best.column.name;
  };
  const time = pick("time");
  const score = pick("score");
  const prediction = pick("prediction");
  const outcome = pick("outcome");
  const id = pick("id");
  const entity = pick("entity");
  const timeFacts = columns.find((column) => column.name === time);
  const hour = timeFacts?.kind === "time" && timeFacts.wholeDays ? hourBeside(columns, taken) : undefined;
  const rest = columns.filter((column) => !taken.has(column.name) && !isRowNumber(column));
  const segments = told.segments ?? segmentsAmong(rest);
  return {
    time,
    hour,
    id,
    entity,
    score,
    prediction,
    outcome,
    segments,
    features: rest.map((column) => column.name),
    doubts,
  };
}

const roles: readonly Role[] = ["time", "score", "prediction", "outcome", "id", "entity"];

/** `predictedProbability2` → ["predicted", "probability", "2"] */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

const has = (words: readonly string[], ...any: readonly string[]): boolean => any.some((word) => words.includes(word));

const within = (column: ColumnFacts, low: number, high: number): boolean =>
  column.least !== undefined && column.greatest !== undefined && column.least >= low && column.greatest <= high;

const isNumber = (column: ColumnFacts): boolean => column.kind === "whole" || column.kind === "fraction";
const neverRepeats = (column: ColumnFacts): boolean => column.present === column.rows && column.distinct >= column.rows;

/** How well a column fits a role; 0: not at all. Equal marks are equally good. */
const fits: Readonly<Record<Role, (column: ColumnFacts) => number>> = {
  time: (column) => {
    const words = wordsOf(column.name);
    const readable = column.kind === "time" || (column.kind === "text" && column.timeShare >= 0.99);
    if (!readable || column.present === 0) return isEpoch(column, words) ? 3 : 0;
    // Of a beginning and an end, events are counted where they begin.
    const beginning = has(words, "start", "begin", "pickup", "departure", "created", "requested", "event", "request");
    const ending = has(words, "end", "finish", "dropoff", "arrival", "updated", "closed", "modified");
    const named = has(words, "time", "timestamp", "ts", "date", "datetime", "day", "at", "dteday");
    return 4 + (named ? 2 : 0) + (beginning ? 1 : 0) - (ending ? 2 : 0) + (column.kind === "time" ? 0.5 : 0);
  },
  score: (column) => {
    const words = wordsOf(column.name);
    if (!isNumber(column) || !within(column, 0, 1)) return 0;
    if (column.kind === "whole" && column.distinct <= 2) return 0;
    const probability = has(words, "prob", "proba", "probability", "likelihood", "score", "confidence", "propensity");
    const predicted = has(words, "pred", "predicted", "prediction", "predict", "yhat", "model");
    return (probability ? 4 : 0) + (probability && predicted ? 2 : 0);
  },
  prediction: (column) => {
    const words = wordsOf(column.name);
    if (has(words, "pred", "predicted", "prediction", "predict", "yhat", "forecast", "estimate", "estimated")) {
      return has(words, "prob", "proba", "probability") ? 1 : 4;
    }
    return 0;
  },
  outcome: (column) => {
    const words = wordsOf(column.name);
    if (column.present === 0 || column.kind === "time") return 0;
    if (has(words, "target", "label", "outcome", "truth", "groundtruth", "actual", "ytrue")) return 6;
    if (words.join("") === "y" || (words[0] === "y" && words[1] === "true")) return 5;
    // These words name inputs as well (an income, a status): only few values make one of them an outcome.
    if (!has(words, ...outcomeWords)) return 0;
    return column.distinct <= 2 ? 4 : column.distinct <= fewClasses ? 2 : 0;
  },
  id: (column) => {
    const words = wordsOf(column.name);
    if (!neverRepeats(column) || (column.kind !== "whole" && column.kind !== "text")) return 0;
    if (words.join(" ") === "prediction id" || words.join(" ") === "request id") return 6;
    if (words.join("") === "id" || has(words, "uuid", "guid")) return 5;
    if (words.at(-1) === "id" || has(words, "identifier", "key")) return 4;
    if (has(words, "instant", "index", "number", "no", "nr", "row", "seq")) return 3;
    return 0;
  },
  entity: (column) => {
    const words = wordsOf(column.name);
    const repeats = column.distinct < column.rows * 0.98 && column.distinct > 10;
    if (!repeats || (column.kind !== "whole" && column.kind !== "text")) return 0;
    const who = has(words, "user", "customer", "client", "account", "patient", "member", "person", "subject", "device");
    if (who && (words.at(-1) === "id" || words.length === 1)) return 5;
    return 0;
  },
};

const outcomeWords = [
  ...["churn", "churned", "default", "defaulted", "fraud", "late", "delayed", "converted", "conversion", "clicked"],
  ...["survived", "employed", "purchased", "bought", "approved", "readmitted", "class", "status", "result", "income"],
];

/** Whole numbers that are seconds or milliseconds since 1970, between 1990 and 2100. */
function isEpoch(column: ColumnFacts, words: readonly string[]): boolean {
  if (column.kind !== "whole" || !has(words, "time", "timestamp", "ts", "epoch", "date")) return false;
  return within(column, 631_152_000, 4_102_444_800) || within(column, 631_152_000_000, 4_102_444_800_000);
}

function hourBeside(columns: readonly ColumnFacts[], taken: ReadonlySet<string>): string | undefined {
  const fitting = columns.filter(
    (column) =>
      !taken.has(column.name) &&
      column.kind === "whole" &&
      within(column, 0, 23) &&
      has(wordsOf(column.name), "hr", "hour"),
  );
  return fitting.length === 1 ? fitting[0]?.name : undefined;
}

/** The numbering that some tools leave in the first column. */
function isRowNumber(column: ColumnFacts): boolean {
  return column.name === "" || /^(Unnamed: \d+|index|level_\d+|_c0)$/i.test(column.name);
}

const segmentWords = [
  ...["region", "country", "state", "city", "market", "segment", "channel", "device", "platform", "os", "browser"],
  ...["gender", "sex", "race", "vendor", "store", "site", "plan", "tier", "product", "category", "origin", "route"],
  ...["cohort", "arm", "group", "team", "branch", "season", "workclass", "contract", "type"],
];

/** Columns of few values, those whose name speaks of a part of the world first, then those of fewer values. */
function segmentsAmong(columns: readonly ColumnFacts[]): readonly string[] {
  const candidates = columns.filter((column) => {
    const few = column.distinct >= 2 && column.distinct <= mostSegmentValues;
    const known = column.present >= 0.5 * column.rows;
    return few && known && (column.kind === "text" || column.kind === "yes-no" || speaks(column));
  });
  return candidates
    .map((column, place) => ({ column, place, named: speaks(column) ? 1 : 0 }))
    .sort((a, b) => b.named - a.named || a.column.distinct - b.column.distinct || a.place - b.place)
    .slice(0, mostSegments)
    .map(({ column }) => column.name);
}

const speaks = (column: ColumnFacts): boolean =>
  (column.kind === "text" || column.kind === "whole" || column.kind === "yes-no") &&
  has(wordsOf(column.name), ...segmentWords);
