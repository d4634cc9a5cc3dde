import { InvalidArgumentError } from "commander";
import { isoOf } from "../domain/instant.ts";

const dayOnly = /^\d{4}-\d{2}-\d{2}$/;
const withZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The command line names the option beside these texts. `2001-02-01` (midnight UTC) or an ISO 8601 instant with zone, as ISO 8601 in UTC with milliseconds. */
export function parseInstant(text: string): string {
  const full = dayOnly.test(text) ? `${text}T00:00:00Z` : text;
  const at = withZone.test(full) ? Date.parse(full) : Number.NaN;
  // Date.parse rolls 30 February over into March.
  const rolled = dayOnly.test(text) && !Number.isNaN(at) && isoOf(at).slice(0, 10) !== text;
  if (Number.isNaN(at) || rolled) {
    throw new InvalidArgumentError(
      "Write a day, 2001-02-01 (its midnight in UTC), or an instant with its zone, 2001-02-01T13:05:00Z.",
    );
  }
  return isoOf(at);
}

/** Makes a parser of whole numbers between two bounds, both inclusive. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Makes a parser of one of some words. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(", ")}.`);
    return found;
  };
}
