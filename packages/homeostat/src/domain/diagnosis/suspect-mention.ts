import type { Mention } from "../../stats/cause/suspect-posterior.ts";
import type { Change } from "../change/change.ts";

/** The words that tell what happened from what did not. */
export interface MentionWords {
  /** Values of the slice, with the name of the dimension they are values of. */
  readonly slice: readonly NamedValue[];
  /** Other values of the same dimensions. */
  readonly otherValues: readonly NamedValue[];
  /** Moved features and the fields they read. */
  readonly features: readonly string[];
  /** Features that did not move, and fields that only those read. */
  readonly otherFeatures: readonly string[];
}

interface NamedValue {
  readonly dimension: string;
  readonly value: string;
}

/**
 * What a logged change says of itself: whether its title or component names a value of the slice, a feature that moved,
 * or only values and features that it is not about. Whole words, whatever their case; a value of one or two letters, or of
 * digits only, counts where the name of its dimension stands beside it. Pure.
 */
export function mentionOf(change: Pick<Change, "title" | "component">, words: MentionWords): Mention {
  const text = plainText(`${change.component} ${change.title}`);
  const named = ({ dimension, value }: NamedValue): boolean => {
    const plain = plainText(value).trim();
    if (plain === "" || !text.includes(` ${plain} `)) return false;
    return isTelling(plain) || namesDimension(text, dimension);
  };
  if (words.slice.some(named)) return "slice";
  const says = (name: string): boolean => {
    const plain = plainText(name).trim();
    return plain.length > 2 && text.includes(` ${plain} `);
  };
  if (words.otherValues.some(named)) return "other";
  if (words.features.some(says)) return "feature";
  return words.otherFeatures.some(says) ? "other" : "nothing";
}

const isTelling = (plain: string): boolean => plain.length > 2 && !/^[\d\s]+$/.test(plain);

function namesDimension(text: string, dimension: string): boolean {
  return plainText(dimension)
    .trim()
    .split(" ")
    .some((word) => word.length > 2 && text.includes(` ${word} `));
}

/** Letters and digits in lower case with one space around every word. */
function plainText(text: string): string {
  return ` ${text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim()} `;
}
