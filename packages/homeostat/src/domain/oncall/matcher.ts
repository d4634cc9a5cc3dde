/** Names and values that say what an alert is about. A name that is absent counts as empty, as Alertmanager has it. */
export type Labels = Readonly<Record<string, string>>;

/** One condition on a label. A pattern is several alternatives apart by `|`, in which `*` stands for any text. */
export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

const written = /^\s*([a-z][a-z0-9_.-]{0,99})\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;
const mostCharacters = 500;

/** Reads `severity=critical`, `segment.origin=~JFK|LGA`, `monitor!=contract`, quotes around the value or not. */
export function parseMatcher(text: string): Matcher | undefined {
  const [, label, operator, value = ""] = written.exec(text) ?? [];
  if (label === undefined || text.length > mostCharacters) return undefined;
  const bare = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  return { label, operator: operator as Matcher["operator"], value: bare };
}

/** As it is written. */
export function matcherText({ label, operator, value }: Matcher): string {
  return `${label}${operator}${value}`;
}

/** Whether labels meet every condition; none at all are met by anything. Cost: linear in the texts, whatever the pattern. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}

function matches({ label, operator, value }: Matcher, labels: Labels): boolean {
  const found = Object.hasOwn(labels, label) ? (labels[label] ?? "") : "";
  switch (operator) {
    case "=":
      return found === value;
    case "!=":
      return found !== value;
    case "=~":
      return fits(value, found);
    case "!~":
      return !fits(value, found);
  }
}

/** A regular expression of a user could take for ever; alternatives and `*` cannot. `.*` is read as `*`. */
function fits(pattern: string, text: string): boolean {
  return pattern.split("|").some((one) => fitsOne(one.replaceAll(".*", "*"), text));
}

function fitsOne(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
