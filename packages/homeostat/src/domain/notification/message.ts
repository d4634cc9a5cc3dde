/**
 * What is said, apart from any medium: a sentence first, facts second, what to do next third. Texts are plain: they may
 * hold what users sent, so every medium escapes them in its own way.
 */
export interface Message {
  /** What it is about, without number or state. */
  readonly title: string;
  /** One line: what it is about and its state, e.g. `Incident 17 opened: …`. */
  readonly headline: string;
  /** What is wrong, in a sentence. */
  readonly sentence: string;
  readonly facts: readonly Fact[];
  /** What a person should do now; undefined where nothing is left to do. */
  readonly next: string | undefined;
  /** The first one is where the message leads. */
  readonly links: readonly Link[];
}

export interface Fact {
  readonly label: string;
  readonly text: string;
}

export interface Link {
  readonly label: string;
  readonly href: string;
}

/** One line of text without line breaks, control characters and invisible marks that reorder it. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}

/** Cuts a text to at most so many UTF-16 units, marking that it was cut; never through a surrogate pair. */
export function cutTo(text: string, units: number): string {
  if (text.length <= units) return text;
  const kept = text.slice(0, Math.max(0, units - 1));
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/**
 * Escapes a text for a markup and cuts it to at most so many UTF-16 units of what comes out, marking that it was cut; never
 * through an escape or a character.
 */
export function escapedTo(text: string, units: number, escapes: Readonly<Record<string, string>>): string {
  let escaped = "";
  for (const character of text) {
    const next = escapes[character] ?? character;
    if (escaped.length + next.length > units - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}
