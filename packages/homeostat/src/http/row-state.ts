import type { ToldState } from "../domain/prediction/prediction.ts";
import { asObject, issue, isText, longestName, type RawRow, type RowContext, type RowIssue } from "./row-check.ts";

/** What a sender may tell of the state an answer depended on, checked as the protocol's `predictionState` says. */

export const stateKeys: readonly string[] = ["state", "costUsd", "featureAges", "environment"];

const mostKeys = 20;
const mostAges = 500;
const longestValue = 200;
const largestCostUsd = 1_000_000;
/** A hundred years. */
const largestAgeSeconds = 3_155_760_000;
const keyShape = /^[a-zA-Z][\w.-]{0,62}$/;

interface ReadState {
  readonly told: ToldState | undefined;
  readonly environment: string | undefined;
  /** Keys of the objects inside, for the count of keys that stand twice. */
  readonly nestedKeys: number;
}

/** Reads the state of a row; most rows tell none. */
export function readState(row: RawRow, context: RowContext): ReadState | RowIssue {
  const { state, costUsd, featureAges, environment } = row;
  if (state === undefined && costUsd === undefined && featureAges === undefined && environment === undefined)
    return { told: undefined, environment: undefined, nestedKeys: 0 };
  if (environment !== undefined && !isText(environment, 1, longestName, context))
    return issue("environment", `text of 1 to ${longestName} characters`, environment);
  if (costUsd !== undefined && !isWithin(costUsd, largestCostUsd))
    return issue("costUsd", `a number from 0 to ${largestCostUsd}`, costUsd);
  const keys = readKeys(state, context);
  if ("path" in keys) return keys;
  const ages = readAges(featureAges);
  if ("path" in ages) return ages;
  const nestedKeys = Object.keys(keys.values).length + Object.keys(ages.values).length;
  const told = { state: keys.values, costUsd, featureAges: ages.values };
  return { told, environment, nestedKeys };
}

const isWithin = (value: unknown, most: number): value is number =>
  typeof value === "number" && value >= 0 && value <= most;

function readKeys(
  value: unknown,
  context: RowContext,
): { readonly values: Readonly<Record<string, string>> } | RowIssue {
  if (value === undefined) return { values: {} };
  const told = asObject(value);
  const names = told === undefined ? [] : Object.keys(told);
  if (told === undefined || names.length > mostKeys)
    return issue("state", `an object of at most ${mostKeys} keys`, value);
  const values: Record<string, string> = {};
  for (const name of names) {
    const path = `state.${name.slice(0, 80)}`;
    if (!keyShape.test(name)) return issue(path, "a key of letters, digits, '_', '.' and '-'", name.slice(0, 80));
    const one = told[name];
    const isPlain = typeof one === "boolean" || (typeof one === "number" && Number.isFinite(one));
    if (!isPlain && !isText(one, 0, longestValue, context))
      return issue(path, `text of at most ${longestValue} characters, a number, true or false`, one);
    values[name] = String(one);
  }
  return { values };
}

function readAges(value: unknown): { readonly values: Readonly<Record<string, number>> } | RowIssue {
  if (value === undefined) return { values: {} };
  const told = asObject(value);
  const names = told === undefined ? [] : Object.keys(told);
  if (told === undefined || names.length > mostAges)
    return issue("featureAges", `an object of at most ${mostAges} ages in seconds by feature`, value);
  for (const name of names) {
    const path = `featureAges.${name.slice(0, 80)}`;
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) return issue(path, "the name of a feature", name.slice(0, 80));
    if (!isWithin(told[name], largestAgeSeconds)) return issue(path, "an age in seconds, 0 or more", told[name]);
  }
  return { values: told as Readonly<Record<string, number>> };
}
