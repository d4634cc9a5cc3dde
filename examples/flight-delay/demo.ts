import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DemoFlags, readFlags, scenarios, usage } from "./demo-flags.ts";
import { countsReport, incidentReport, incidentsVerdict, type Replayed, windowsReport } from "./demo-report.ts";
import { type DemoServer, startDemoServer } from "./demo-server.ts";
import { type Settled, settle } from "./demo-settle.ts";

/**
 * The whole loop on one real system: declare, train, release, replay three months of real flights with one upstream
 * fault in them, and ask the API what it found. Nothing but the fault is scripted, and nothing that is printed about
 * the findings comes from anywhere but the API.
 */
const system = "flight-delay";
const trainingMonth = { since: "2001-01-01", until: "2001-02-01", holdOutFrom: "2001-01-25" };
/** Longer than the half minute after which the server closes windows that no event follows. */
const stillLimitMs = 90_000;
const here = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const flights = join(dirname(require.resolve("vega-datasets")), "../data/flights-3m.parquet");

const startedAt = performance.now();
const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(3)} s`;
const bold = process.stdout.isTTY && (process.env.NO_COLOR ?? "") === "" ? "\u001b[1m" : "";
const plain = bold === "" ? "" : "\u001b[0m";

function heading(text: string): void {
  process.stdout.write(`\n${bold}[${seconds()}] ${text}${plain}\n`);
}

async function main(): Promise<number> {
  const flags = readFlags(process.argv.slice(2));
  if (flags === "help") {
    process.stdout.write(usage);
    return 0;
  }
  heading("Starting a Homeostat server on a fresh directory");
  const server = await startDemoServer(flags.port);
  const stopped = stopOnSignal(server);
  try {
    const code = await loop(server, flags);
    if (flags.keep || process.stdout.isTTY) {
      process.stdout.write("\nThe server keeps running. Press Ctrl-C to stop it.\n");
      await Promise.race([stopped, server.ended]);
    }
    return code;
  } catch (thrown) {
    process.stderr.write(`\nThe last lines of the server's log:\n${await server.logTail(5)}\n`);
    throw thrown;
  } finally {
    await server.stop();
  }
}

async function loop(server: DemoServer, flags: DemoFlags): Promise<number> {
  process.stdout.write(`  up after ${(server.startMs / 1_000).toFixed(1)} s at ${server.url}\n`);
  process.stdout.write(`  the page, signed in once: ${await signInUrl(server)}\n`);

  heading("Declaring the system: contract, features, segments, owners");
  await server.run(["apply", here], "shown");

  heading("Training on January 2001, the last week held out");
  await server.run(trainArguments(), "shown");

  heading("Releasing the model with its baseline");
  await server.run(["release", "create", system, "--model", "latest"], "shown");

  heading(`Replaying ${flags.since} to ${flags.until} through the API`);
  process.stdout.write(`  ${scriptText(flags)}\n`);
  const replayed = JSON.parse(await server.run(await replayArguments(server, flags), "kept")) as Replayed;
  const perSecond = Math.round((replayed.predictions.sent + replayed.outcomes.sent) / (replayed.tookMs / 1_000));
  process.stdout.write(`  ${perSecond.toLocaleString("en-US")} rows a second through the API\n`);

  heading("Waiting until everything is evaluated");
  const settled = await settle(server.client, system, stillLimitMs, progressTeller());
  process.stdout.write(windowsReport(settled.windows, settled.unfinished));

  heading("What was found");
  return report(server, flags, replayed, settled);
}

function trainArguments(): readonly string[] {
  const { since, until, holdOutFrom } = trainingMonth;
  const span = ["--since", since, "--until", until, "--hold-out-from", holdOutFrom];
  return ["train", system, "--from", flights, ...span, "--time-field", "departure", "--time-column", "date"];
}

/** The one thing that is scripted, in words. */
function scriptText({ fault, at, where }: DemoFlags): string {
  const said = scenarios[fault];
  return said === undefined
    ? "no fault: these are the days as they were"
    : `scripted: fault ${fault} from ${at} on for ${where}, told only as the vendor's change "${said}"`;
}

async function replayArguments(server: DemoServer, flags: DemoFlags): Promise<readonly string[]> {
  const fault = flags.fault === "none" ? [] : ["--fault", flags.fault, "--at", flags.at, "--where", flags.where];
  return [
    "replay",
    system,
    "--json",
    ...["--from", flights, "--since", flags.since, "--until", flags.until, "--time-column", "date"],
    ...["--inputs", "departure=date,origin,destination,distance", "--outcome", "delay > 15"],
    // Known on landing: half an hour on the ground, eight miles a minute, and the delay.
    ...["--outcome-time", "date + toIntervalSecond(60 * (30 + distance / 8 + greatest(delay, 0)))"],
    ...["--changes", join(here, "changes.yaml"), ...(await announcement(server, flags))],
    ...fault,
  ];
}

/** The vendor's change event, in a file of its own: the change log of the example knows nothing of the fault. */
async function announcement(server: DemoServer, { fault, at }: DemoFlags): Promise<readonly string[]> {
  const title = scenarios[fault];
  if (title === undefined) return [];
  const path = join(server.directory, "announcement.json");
  const change = {
    component: "source:airline-feed",
    kind: "data-source",
    title,
    time: `${at}T00:00:00Z`,
    actor: "airline-vendor",
  };
  await writeFile(path, JSON.stringify([change]));
  return [path];
}

async function report(server: DemoServer, flags: DemoFlags, replayed: Replayed, settled: Settled): Promise<number> {
  const { incidents, unfinished } = settled;
  for (const incident of incidents) {
    process.stdout.write(incidentReport(incident, flags, replayed));
    process.stdout.write(`  page     ${server.url}/incidents/${incident.number}\n\n`);
  }
  const opened = incidentsVerdict(incidents, flags);
  const counts = countsReport(replayed, settled.counts);
  process.stdout.write(`  ${opened.text}\n${counts.text}`);
  process.stdout.write(`  sign in to the page (once): ${await signInUrl(server)}\n`);
  const good = opened.asWanted && counts.equal && unfinished === 0;
  process.stdout.write(`\n${bold}[${seconds()}] ${good ? "Done" : "NOT AS IT SHOULD BE"}${plain}\n`);
  return good ? 0 : 1;
}

async function signInUrl(server: DemoServer): Promise<string> {
  return `${server.url}${(await server.client.call("signInLink")).path}`;
}

/** One line every few seconds, so that logs stay readable. */
function progressTeller(): (text: string) => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (performance.now() - lastAt < 5_000) return;
    lastAt = performance.now();
    process.stderr.write(`  ${text}\n`);
  };
}

/** The first signal ends the demo with its server; the promise is for the end, when nothing else is waited for. */
function stopOnSignal(server: DemoServer): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        process.stdout.write("\nstopping the server …\n");
        resolve();
        void server.stop().then(() => process.exit(130));
      });
    }
  });
}

try {
  process.exitCode = await main();
} catch (thrown) {
  process.stderr.write(`\ndemo: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
