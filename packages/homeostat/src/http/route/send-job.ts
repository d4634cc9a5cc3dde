import type { Job } from "@homeostat/protocol";
import { invariant } from "../../domain/invariant.ts";
import type { JobKind } from "../../domain/job/job-queue.ts";
import type { House } from "./house.ts";

/** Sends a job that is done once: whoever asked looks at how it goes. */
export async function sendJob(house: Pick<House, "jobs">, kind: JobKind, payload: object): Promise<Job> {
  const id = await house.jobs.send(kind, payload, { retryLimit: 0 });
  invariant(id !== undefined, "a job without a singleton key is always taken");
  return { id, kind, state: "waiting", step: null, progress: null, error: null };
}
