import { SingleBar } from "cli-progress";
import { secondMs } from "../domain/instant.ts";
import type { Cli } from "./cli.ts";
import { shareText } from "./format-value.ts";

/** Tells on standard error how far something has come. */
export interface Progress {
  /** `share` from 0 to 1, or undefined where it is not known. */
  update(share: number | undefined, note: string): void;
  /** Ends it, with a last word. */
  end(note?: string): void;
}

const plainEveryMs = 5 * secondMs;
const steps = 1_000;

/** A bar on a terminal; elsewhere a line at once and then every five seconds, so that logs stay readable. */
export function createProgress(cli: Cli, title: string): Progress {
  return cli.terminal.stderr.isTTY === true ? barProgress(cli, title) : plainProgress(cli, title);
}

function barProgress(cli: Cli, title: string): Progress {
  const width = Math.max(10, Math.min(30, cli.terminal.width - title.length - 50));
  const bar = new SingleBar({
    format: `${title} {bar} {percentage}%  {note}`,
    // The type asks for more than the bar uses: it writes, and it moves the cursor by escape codes of node:readline.
    stream: cli.terminal.stderr as unknown as NodeJS.WritableStream,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: width,
    hideCursor: true,
    fps: 8,
    linewrap: false,
  });
  bar.start(steps, 0, { note: "" });
  return {
    update: (share, note) => bar.update(Math.round(steps * (share ?? 0)), { note }),
    end: (note) => {
      bar.update(steps, { note: note ?? "" });
      bar.stop();
    },
  };
}

function plainProgress(cli: Cli, title: string): Progress {
  let lastAt = Number.NEGATIVE_INFINITY;
  const tell = (note: string, share?: number): void => {
    cli.terminal.stderr.write(`${title}: ${share === undefined ? "" : `${shareText(share)}, `}${note}\n`);
  };
  return {
    update: (share, note) => {
      const now = cli.host.now();
      if (now - lastAt < plainEveryMs) return;
      lastAt = now;
      tell(note, share);
    },
    end: (note) => {
      if (note !== undefined) tell(note);
    },
  };
}
