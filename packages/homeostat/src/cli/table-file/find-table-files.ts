import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { reasonOf } from "../../domain/fault.ts";
import { UsageError } from "../usage-error.ts";

/** Files of one table: all of one format, sorted by path. */
export interface TableFiles {
  /** As it was asked for: a file, a directory, or a pattern. */
  readonly asked: string;
  readonly format: TableFormat;
  readonly paths: readonly string[];
}

type TableFormat = "Parquet" | "CSVWithNames" | "TabSeparatedWithNames" | "JSONEachRow" | "Arrow" | "ArrowStream";

const formats: readonly (readonly [RegExp, TableFormat])[] = [
  [/\.parquet$/i, "Parquet"],
  [/\.csv(\.gz|\.zst)?$/i, "CSVWithNames"],
  [/\.tsv(\.gz|\.zst)?$/i, "TabSeparatedWithNames"],
  [/\.(ndjson|jsonl|json)(\.gz|\.zst)?$/i, "JSONEachRow"],
  [/\.(arrow|feather|ipc)$/i, "Arrow"],
  [/\.arrows$/i, "ArrowStream"],
];
const endingsHelp = "Files may end in .parquet, .csv, .tsv, .json, .ndjson, .jsonl, .arrow, .feather or .arrows.";
const mostFiles = 10_000;

/**
 * The files a person means by a path: the file itself, the data files right inside a directory, or those whose name fits
 * a pattern with `*` and `?` in its last part (`days/2026-*.parquet`). Other files of a directory are passed over, but
 * data files of two formats are refused, since nobody can say which is meant.
 * @throws UsageError: nothing there, an unknown ending, several formats.
 */
export async function findTableFiles(asked: string): Promise<TableFiles> {
  const entry = await stat(asked).catch((thrown: unknown) => {
    if (isPattern(asked)) return undefined;
    if (formatOf(asked) === undefined && extname(asked) !== "") throw unknownEnding(asked);
    throw new UsageError(`${asked} cannot be read: ${reasonOf(thrown)}`);
  });
  if (entry?.isDirectory() === true) return oneFormat(asked, await filesIn(asked, asked, () => true));
  if (entry === undefined) return oneFormat(asked, await filesIn(asked, dirname(asked), patternOf(basename(asked))));
  const format = formatOf(asked);
  if (format === undefined)
    throw new UsageError(`the ending of ${asked} names no format that can be read`, endingsHelp);
  return { asked, format, paths: [await realpath(asked)] };
}

const unknownEnding = (asked: string): UsageError =>
  new UsageError(`the ending of ${asked} names no format that can be read`, endingsHelp);
const isPattern = (path: string): boolean => /[*?]/.test(basename(path));
/** The format that the ending of a path names; undefined where it names none. */
export const formatOf = (path: string): TableFormat | undefined => formats.find(([ending]) => ending.test(path))?.[1];

function patternOf(pattern: string): (name: string) => boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  const expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "u");
  return (name) => expression.test(name);
}

async function filesIn(asked: string, directory: string, fits: (name: string) => boolean): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((thrown: unknown) => {
    throw new UsageError(`${asked} cannot be read: ${reasonOf(thrown)}`);
  });
  const root = await realpath(directory);
  return entries
    .filter((item) => !item.isDirectory() && !item.name.startsWith(".") && fits(item.name))
    .filter((item) => formatOf(item.name) !== undefined)
    .map((item) => join(root, item.name))
    .sort();
}

function oneFormat(asked: string, paths: readonly string[]): TableFiles {
  const found = [...new Set(paths.map(formatOf))];
  const [format] = found;
  if (format === undefined) throw new UsageError(`${asked} holds no file that can be read as a table`, endingsHelp);
  if (found.length > 1) {
    throw new UsageError(
      `${asked} holds tables of several formats: ${found.join(", ")}`,
      `Name one kind with a pattern, e.g. "${join(asked, "*.parquet")}".`,
    );
  }
  if (paths.length > mostFiles)
    throw new UsageError(`${asked} holds ${paths.length} files, more than ${mostFiles}`, "Name fewer with a pattern.");
  return { asked, format, paths };
}
