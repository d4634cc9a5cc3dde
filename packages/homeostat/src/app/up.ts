import type { UpFlags } from "../cli/cli.ts";
import { Fault } from "../domain/fault.ts";
import type { Clock } from "../domain/instant.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./server-log.ts";
import { type RunningServer, type Stopped, startServer } from "./start-server.ts";

/** A shutdown that takes longer than this is cut off: everything acknowledged is on disk anyway. */
const stopLimitMs = 9_500;

/**
 * `homeostat up`: starts the server, prints how to reach it, and stops it on SIGINT or SIGTERM. Resolves with the exit
 * code when it has stopped.
 */
export async function up(
  flags: UpFlags,
  io: { readonly out: (text: string) => void; readonly error: (text: string) => void },
): Promise<number> {
  const clock: Clock = { now: () => Date.now() };
  const reading = readConfig(flags, process.env);
  if (reading.kind === "refused") {
    io.error(`homeostat: ${reading.message}\n`);
    return 2;
  }
  const { config } = reading;
  const startedAt = clock.now();
  const log = createLog(clock.now, (text) => (config.quiet ? undefined : process.stderr.write(text)));
  let server: RunningServer;
  try {
    server = await startServer({ config, clock, log, print: io.out });
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    io.error(`homeostat: ${thrown.message}\n`);
    return 1;
  }
  io.out(welcome(server, config.dataDirectory, clock.now() - startedAt));
  await stopSignal();
  io.out("stopping …\n");
  const timer = setTimeout(() => process.exit(1), stopLimitMs);
  const stopped = await server.stop();
  clearTimeout(timer);
  io.out(farewell(stopped));
  return 0;
}

function welcome({ url, firstAccess }: RunningServer, dataDirectory: string, tookMs: number): string {
  const lines = [`Homeostat is up at ${url} (${(tookMs / 1_000).toFixed(1)} s, data in ${dataDirectory})`];
  if (firstAccess !== undefined) {
    lines.push(
      "",
      "First start. Your admin key, shown this once:",
      `  ${firstAccess.secret}`,
      "Open the page with this link (works once, for 15 minutes):",
      `  ${url}${firstAccess.signInPath}`,
    );
  } else {
    lines.push("A new sign-in link for the page: homeostat keys sign-in-link");
  }
  return `${lines.join("\n")}\n`;
}

function farewell({ rowsInSpool, failures }: Stopped): string {
  const waiting = rowsInSpool === 0 ? "" : `; ${rowsInSpool} rows wait in the spool for the next start`;
  if (failures.length === 0) return `stopped; nothing acknowledged was lost${waiting}\n`;
  return `stopped, but not every part closed as it should: ${failures.join("; ")}${waiting}. Start again with the same data directory; acknowledged rows are on disk\n`;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
