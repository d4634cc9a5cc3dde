import type { System } from "../system/system.ts";

/** How one subject's id stands in the text of rows that nobody could read as rows. */
export interface SubjectText {
  /** Any of them in a text means that it holds the id. */
  readonly needles: readonly string[];
  /** A pattern that means the same, for ids that are numbers (RE2 and JavaScript read it alike). */
  readonly pattern: string | undefined;
}

/** Senders write the same text in different ways: with every character beyond ASCII escaped, in either case, or with `\/`. */
const spellings: readonly ((inner: string) => string)[] = [
  (inner) => inner,
  (inner) => escaped(inner, (hex) => hex),
  (inner) => escaped(inner, (hex) => hex.toUpperCase()),
];

const escaped = (inner: string, spell: (hex: string) => string): string =>
  inner.replaceAll(/[^\u0020-\u007e]/g, (unit) => `\\u${spell(unit.charCodeAt(0).toString(16).padStart(4, "0"))}`);

const innerOf = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * The forms in which an id can stand in JSON, also in JSON that is itself a text of a JSON document. Undefined where no
 * row of the field can have this id.
 */
export function subjectTextOf(entity: string, field: "text" | "integer"): SubjectText | undefined {
  if (field === "integer")
    return /^-?\d{1,19}$/.test(entity)
      ? { needles: [], pattern: `[:,\\[]\\s*(?:\\\\?")?${entity}(?:\\\\?")?\\s*[,}\\]]` }
      : undefined;
  const needles = new Set<string>();
  for (const spelling of spellings) {
    for (const inner of [spelling(innerOf(entity)), spelling(innerOf(entity)).replaceAll("/", "\\/")]) {
      needles.add(`"${inner}"`);
      needles.add(`\\"${innerOf(inner)}\\"`);
    }
  }
  return { needles: [...needles], pattern: undefined };
}

/** Whether a text holds the id. */
export function holdsSubject(text: string, subject: SubjectText): boolean {
  return (
    subject.needles.some((needle) => text.includes(needle)) ||
    (subject.pattern !== undefined && new RegExp(subject.pattern).test(text))
  );
}

/** What the field of a system that names its subjects holds. */
export function subjectFieldOf(system: System): "text" | "integer" {
  const field = system.pipeline.inputs.find(({ name }) => name === system.entity);
  return field?.type === "integer" ? "integer" : "text";
}
