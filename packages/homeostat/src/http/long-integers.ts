/**
 * Whole numbers beyond 2^53 lose digits in `JSON.parse`. Their texts are put into quotes behind a mark before parsing,
 * so that a field of 64 bits gets every digit; everywhere else they become the number that JSON.parse would have made.
 */

/** Never exchanged as a character (Unicode, noncharacters); a batch that holds it all the same is read without marks. */
const mark = "\ufdd0";
const quote = 0x22;
const backslash = 0x5c;
const largest = 2n ** 63n - 1n;
const longInteger = /^-?[1-9]\d{15,}$/;

/** Whether a batch may hold such numbers: only then is it worth looking at its rows. */
export function mayHoldLongIntegers(text: string): boolean {
  return hasLongDigits(text) && !text.includes(mark);
}

const longDigits = 16;

/** Whether so many digits stand in a row: they cover a place whose number they divide, so that few places are looked at. */
function hasLongDigits(text: string): boolean {
  for (let at = longDigits - 1; at < text.length; at += longDigits) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    let to = at + 1;
    while (isDigit(text.charCodeAt(from - 1))) from -= 1;
    while (isDigit(text.charCodeAt(to))) to += 1;
    if (to - from >= longDigits) return true;
  }
  return false;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const isNumberPart = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45;

function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at += 1;
  }
  return text.length;
}

/** A JSON text with the whole numbers that JavaScript cannot hold as marked texts. Cost: one pass. */
export function markLongIntegers(text: string): string {
  let marked = "";
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at);
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      let end = at + 1;
      while (end < text.length && isNumberPart(text.charCodeAt(end))) end += 1;
      const token = text.slice(at, end);
      if (longInteger.test(token) && !Number.isSafeInteger(Number(token))) {
        marked += `${text.slice(from, at)}"${mark}${token}"`;
        from = end;
      }
      at = end;
    } else at += 1;
  }
  return from === 0 ? text : marked + text.slice(from);
}

const isMarked = (value: unknown): value is string => typeof value === "string" && value.startsWith(mark);

/** Gives marked texts back as numbers, all through a parsed value, save those directly in the object `kept`. */
export function unmark(value: unknown, kept: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const container = value as Record<string, unknown>;
  for (const key of Object.keys(container)) {
    const inner = container[key];
    if (isMarked(inner)) {
      if (value !== kept) container[key] = Number(inner.slice(1));
    } else unmark(inner, kept);
  }
}

/** The digits of a marked text that 64 bits can hold, or the number it stands for; other values as they are. */
export function readMarked(value: unknown, type: string): unknown {
  if (!isMarked(value)) return value;
  const digits = value.slice(1);
  if (type !== "integer") return Number(digits);
  const whole = BigInt(digits.slice(0, 40));
  return whole >= -largest - 1n && whole <= largest ? { digits } : Number(digits);
}
