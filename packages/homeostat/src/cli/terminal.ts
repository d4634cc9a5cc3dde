import pc from "picocolors";

/** A stream as the command line writes to it: `process.stdout`, or a text collected in a test. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type Colors = ReturnType<typeof pc.createColors>;

/** What may be done with the streams at hand. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Columns that tables have to fit into: the terminal's, or 80 where there is none. */
  readonly width: number;
  readonly colors: Colors;
}

const plainWidth = 80;
const narrowest = 40;

/** Looks at the streams once. Colours only on a terminal, never with NO_COLOR (no-color.org), always with FORCE_COLOR. */
export function createTerminal(stdout: Output, stderr: Output, env: Environment): Terminal {
  const isTerminal = stdout.isTTY === true;
  return {
    stdout,
    stderr,
    width: isTerminal ? Math.max(narrowest, stdout.columns ?? plainWidth) : plainWidth,
    colors: pc.createColors(wantsColor(isTerminal, env)),
  };
}

function wantsColor(isTerminal: boolean, env: Environment): boolean {
  if ((env.NO_COLOR ?? "") !== "") return false;
  if ((env.FORCE_COLOR ?? "0") !== "0") return true;
  return isTerminal && env.TERM !== "dumb";
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** Columns a text takes on screen: without colour codes. */
export function widthOf(text: string): number {
  return [...text.replace(escapes, "")].length;
}
