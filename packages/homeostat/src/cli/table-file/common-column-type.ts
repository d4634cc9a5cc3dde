/**
 * The type that holds the values of two files' columns of one name: equal types stay, whole numbers widen to the wider
 * kind of number, dates widen to times, anything else is text. Types are the engine's, with or without `Nullable` and
 * `LowCardinality`; the answer is nullable.
 */
export function commonColumnType(left: string, right: string): string {
  const a = plainColumnType(left);
  const b = plainColumnType(right);
  if (a === b) return `Nullable(${a})`;
  const kinds = new Set([kindOf(a), kindOf(b)]);
  if (kinds.size === 1 && kinds.has("whole")) return "Nullable(Int64)";
  if ([...kinds].every((kind) => kind === "whole" || kind === "fraction")) return "Nullable(Float64)";
  if (kinds.size === 1 && kinds.has("time")) return "Nullable(DateTime64(3, 'UTC'))";
  return "Nullable(String)";
}

/** A type without `Nullable` and `LowCardinality` around it. */
export function plainColumnType(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1];
  return inner === undefined ? type : plainColumnType(inner);
}

function kindOf(type: string): "whole" | "fraction" | "time" | "other" {
  if (/^U?Int(8|16|32|64)$/.test(type)) return "whole";
  if (/^(Float(32|64)|Decimal.*)$/.test(type)) return "fraction";
  if (/^Date(Time(64)?)?(32)?(\(.*\))?$/.test(type)) return "time";
  return "other";
}
