const dayMs = 86_400_000;

/** Midnight in the reader's zone of the Monday of the week that holds an instant, moved by whole weeks. */
export function mondayOf(instantMs: number, weeks: number): Date {
  const date = new Date(instantMs);
  const sinceMonday = (date.getDay() + 6) % 7;
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - sinceMonday + 7 * weeks);
}

/** The seven midnights of a week and the one after it; a week in which the clock changes has 167 or 169 hours. */
export function midnightsOf(monday: Date): readonly Date[] {
  return Array.from(
    { length: 8 },
    (_, day) => new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + day),
  );
}

/** Where a stretch lies within a week, as shares of it. */
export function placeIn(
  week: { readonly from: number; readonly to: number },
  from: string,
  to: string,
): { readonly left: number; readonly width: number } {
  const whole = Math.max(week.to - week.from, dayMs);
  const start = Math.max(Date.parse(from), week.from);
  const end = Math.min(Date.parse(to), week.to);
  return { left: (start - week.from) / whole, width: Math.max(0, end - start) / whole };
}

/** One of a few colours for a person, the same on every page and day. */
export function colourOf(person: string): number {
  let sum = 0;
  for (const character of person) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return (sum % 4) + 1;
}
