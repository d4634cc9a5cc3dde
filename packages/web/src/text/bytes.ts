const units = ["kB", "MB", "GB", "TB"] as const;

/** A number of bytes in its largest fitting unit of a thousand: `840 bytes`, `1.5 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** power).toPrecision(3))} ${units[power - 1]}`;
}
