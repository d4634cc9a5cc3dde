/** Shown wherever a number is not known. Never a zero. */
export const dash = "—";

const locale = "en-GB";
const counts = new Intl.NumberFormat(locale);
const significant = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const minus = (text: string): string => text.replace("-", "−");
const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value);

/** A count with thousands separators: `1,234,567`. */
export function formatCount(value: number | null): string {
  return isKnown(value) ? minus(counts.format(value)) : dash;
}

/** A number with a fixed number of decimals, so that columns line up. */
export function formatDecimal(value: number | null, decimals: number): string {
  return isKnown(value) ? minus(value.toFixed(decimals)) : dash;
}

/** A difference with its sign; a difference that rounds to nothing carries none. */
export function formatDifference(value: number | null, decimals: number): string {
  if (!isKnown(value)) return dash;
  const text = value.toFixed(decimals);
  if (Number(text) === 0) return (0).toFixed(decimals);
  return value > 0 ? `+${text}` : minus(text);
}

/**
 * A share as per cent with one decimal. A share that is not quite all or not quite nothing never rounds to `100 %` or
 * `0 %`, because those two mean "all" and "none".
 */
export function formatShare(value: number | null): string {
  if (!isKnown(value)) return dash;
  const percent = value * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  if (percent < 100 && percent > 99.9) return ">99.9 %";
  if (percent === 0 || percent === 100) return `${percent} %`;
  return `${minus(percent.toFixed(1))} %`;
}

/** A p-value with two significant digits; below 0.0001 only the bound is honest. */
export function formatPValue(value: number | null): string {
  if (!isKnown(value)) return dash;
  if (value < 0.0001) return "<0.0001";
  return value >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}

/** A PSI, always with three decimals: columns line up, and 0.246 is not shown as the incident level. */
export function formatPsi(value: number | null): string {
  return formatDecimal(value, 3);
}

/** Any other number, to four significant digits. */
export function formatNumber(value: number | null): string {
  if (!isKnown(value)) return dash;
  if (Number.isInteger(value)) return formatCount(value);
  return minus(significant.format(value));
}
