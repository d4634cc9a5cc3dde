import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@homeostat/protocol";
import type { Cli, Connection } from "./cli.ts";
import { createProgress } from "./progress.ts";
import { CommandFailure } from "./usage-error.ts";

const pollMs = 250;

/** Waits for a job to end, showing its steps. @throws CommandFailure with the job's own words when it failed. */
export async function followJob(cli: Cli, connection: Connection, started: Job, title: string): Promise<Job> {
  const progress = createProgress(cli, title);
  let job = started;
  try {
    while (job.state === "waiting" || job.state === "running") {
      progress.update(job.progress ?? undefined, job.step ?? job.state);
      await sleep(pollMs);
      job = await connection.client.call("job", { path: { job: job.id } });
    }
  } finally {
    progress.end(job.state === "done" ? "done" : job.state);
  }
  if (job.state === "failed") {
    throw new CommandFailure(`${title} failed: ${job.error ?? "the server does not say why"}`);
  }
  return job;
}
