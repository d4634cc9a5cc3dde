import type { ColumnFacts } from "../../domain/table/column-facts.ts";
import { recogniseRoles, type TableRoles, type ToldRoles } from "../../domain/table/recognise-roles.ts";
import type { Person } from "../ask-person.ts";
import { UsageError } from "../usage-error.ts";

/** Roles that a system cannot do without, or that would be guessed at a person's cost. */
const asked = ["time", "outcome", "score", "prediction"] as const;

const questions: Readonly<Record<(typeof asked)[number], string>> = {
  time: "Which column holds the time of the row?",
  outcome: "Which column holds what turned out to be true?",
  score: "Which column holds the model's probability?",
  prediction: "Which column holds the model's answer?",
};

/**
 * What each column is for: as told, else as recognised, else as a person answers. Without a person a doubt is a refusal that
 * names the flag. @throws UsageError
 */
export async function settleRoles(
  path: string,
  columns: readonly ColumnFacts[],
  told: ToldRoles,
  person: Person | undefined,
): Promise<TableRoles> {
  const names = columns.map(({ name }) => name);
  let known: ToldRoles = told;
  for (const role of asked) {
    const roles = recogniseRoles(columns, known);
    const doubt = roles.doubts.find((one) => one.role === role);
    const isMissingTime = role === "time" && roles.time === undefined && told.time === undefined;
    if (doubt === undefined && !isMissingTime) continue;
    const candidates = doubt?.candidates ?? [];
    const answer = await person?.ask(questions[role], candidates);
    if (answer !== undefined && names.includes(answer)) known = { ...known, [role]: answer };
    else throw refusal(path, role, candidates, names);
  }
  return recogniseRoles(columns, known);
}

function refusal(path: string, role: string, candidates: readonly string[], names: readonly string[]): UsageError {
  if (candidates.length > 0) {
    return new UsageError(
      `${path} has several columns that may be the ${role}: ${candidates.join(", ")}`,
      `Name one with --${role} COLUMN${role === "time" ? "" : `, or say that there is none with --no-${role}`}.`,
    );
  }
  return new UsageError(
    `${path} has no column that is clearly the time of its rows`,
    `Name it with --time COLUMN, or give an expression, e.g. --time "makeDate(year, 1, 1)". The columns are ${names.join(", ")}.`,
  );
}
