import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type PgBoss from "pg-boss";
import { invariant } from "../../domain/invariant.ts";
import { type JobKind, type JobQueue, type JobRecord, jobKinds } from "../../domain/job/job-queue.ts";
import { executorWithin } from "./boss.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";
import { maxInterruptions, silenceSeconds } from "./job-rule.ts";

/** A job that this process works on. */
export interface TakenJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly payload: unknown;
  readonly limitMs: number;
}

export interface InterruptedJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly next: "tried-again" | "given-up";
}

/**
 * What is written about jobs: pg-boss's own tables and, in the same transaction, who works on a job
 * (`job_progress`). A process whose name no longer stands there has lost the job and can change nothing about it.
 */
export class JobLedger {
  readonly #database: ControlDatabase;
  readonly #boss: PgBoss;
  readonly #owner = randomUUID();

  constructor(database: ControlDatabase, boss: PgBoss) {
    this.#database = database;
    this.#boss = boss;
  }

  /** Pass an open transaction to send with it. A waiting job with the same key, first run or retry, is enough. */
  async send(
    database: ControlDatabase,
    kind: JobKind,
    payload: object,
    options: Parameters<JobQueue["send"]>[2] = {},
  ): Promise<string | undefined> {
    const { singleton, retryLimit } = options;
    return inTransaction(database, async (inside) => {
      if (singleton !== undefined && (await waitsForRetry(inside, kind, singleton))) return undefined;
      const singletonKey = singleton ?? randomUUID();
      const id = await this.#boss.send(kind, payload, {
        singletonKey,
        ...(retryLimit !== undefined && { retryLimit }),
        db: executorWithin(inside),
      });
      if (id === null) return undefined;
      await inside.insertInto("job_progress").values({ id, kind, singleton: singletonKey }).execute();
      return id;
    });
  }

  /** For each kind that has waiting jobs: in how many milliseconds the next one may start (0 or less: now). */
  async due(kinds: readonly JobKind[]): Promise<ReadonlyMap<JobKind, number>> {
    const { rows } = await sql<{ readonly name: JobKind; readonly wait_ms: number }>`
      select name, (extract(epoch from min(start_after) - clock_timestamp()) * 1000)::float8 as wait_ms
      from pgboss.job where name = any(${[...kinds]}::text[]) and state < 'active' group by name
    `.execute(this.#database);
    return new Map(rows.map((row) => [row.name, row.wait_ms]));
  }

  /**
   * Takes the oldest due job of a kind whose singleton key is not running anywhere. No other process gets it as long
   * as this one lives. Not by pg-boss's own `fetch`: that one takes a job whatever else of its key is running, so
   * jobs of one key would have to be held back here, in places that other keys need.
   */
  async take(kind: JobKind): Promise<TakenJob | undefined> {
    return inTransaction(this.#database, async (inside) => {
      // Taking turns: two processes that look at the same moment would both find the key free.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`homeostat jobs ${kind}`}, 0))`.execute(inside);
      const { rows } = await sql<Omit<TakenJob, "kind">>`
        with next as (
          select id from pgboss.job
          where name = ${kind} and state < 'active' and start_after < clock_timestamp()
            and singleton_key not in (
              select singleton from homeostat.job_progress where kind = ${kind} and owner is not null
            )
          order by created_on, id limit 1 for update skip locked
        )
        update pgboss.job set
          state = 'active',
          started_on = now(),
          retry_count = case when started_on is null then retry_count else retry_count + 1 end
        from next where job.name = ${kind} and job.id = next.id
        returning job.id::text as id, job.data as payload, (extract(epoch from job.expire_in) * 1000)::float8 as "limitMs"
      `.execute(inside);
      const job = rows[0];
      if (job === undefined) return undefined;
      await inside
        .updateTable("job_progress")
        .set({ owner: this.#owner, heartbeat_at: sql<Date>`now()`, step: null, share: null })
        .where("id", "=", job.id)
        .execute();
      return { ...job, kind };
    });
  }

  async progress(id: string, step: string, share: number | undefined): Promise<void> {
    await this.#database
      .updateTable("job_progress")
      .set({ step, share: share ?? null, heartbeat_at: sql<Date>`now()` })
      .where("id", "=", id)
      .where("owner", "=", this.#owner)
      .execute();
  }

  async complete(job: TakenJob, result: unknown): Promise<"stored" | "lost"> {
    const done = await this.#whileOurs(job, async (inside) => {
      await this.#boss.complete(job.kind, job.id, { value: result }, { db: executorWithin(inside) });
      return "stored" as const;
    });
    return done ?? "lost";
  }

  async fail(
    job: TakenJob,
    reason: string,
    again: "if-runs-are-left" | "never",
  ): Promise<"tried-again" | "given-up" | "lost"> {
    const done = await this.#whileOurs(job, async (inside) => {
      if (again === "never") await forbidRetry(inside, job);
      const db = executorWithin(inside);
      await this.#boss.fail(job.kind, job.id, { message: reason }, { db });
      const now = await this.#boss.getJobById(job.kind, job.id, { db, includeArchive: false });
      return now?.state === "retry" ? ("tried-again" as const) : ("given-up" as const);
    });
    return done ?? "lost";
  }

  /** Gives a job back unfinished: it is due at once and has lost none of its runs. */
  async giveBack(job: TakenJob): Promise<void> {
    await this.#whileOurs(job, (inside) => makeDue(inside, job));
  }

  /** Says that this process still works on these jobs; answers with those that it has lost. */
  async beat(ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const query = this.#database.updateTable("job_progress").set({ heartbeat_at: sql<Date>`now()` });
    const rows = await query
      .where("owner", "=", this.#owner)
      .where("id", "in", [...ids])
      .returning("id")
      .execute();
    const ours = new Set(rows.map((row) => row.id));
    return ids.filter((id) => !ours.has(id));
  }

  /** Takes jobs away from processes that are silent, or from all others where there can be no other. */
  async reclaim(from: "the-silent" | "all-others"): Promise<readonly InterruptedJob[]> {
    const silence = from === "the-silent" ? silenceSeconds : 0;
    const interrupted: InterruptedJob[] = [];
    for (const job of await this.#abandoned(this.#database, silence)) {
      const next = await inTransaction(this.#database, async (inside) => {
        await inside.selectFrom("job_progress").select("id").where("id", "=", job.id).forUpdate().execute();
        // Between looking and locking another process may have been quicker.
        const still = await this.#abandoned(inside, silence, job.id);
        return still.length === 0 ? undefined : this.#interrupt(inside, job);
      });
      if (next !== undefined) interrupted.push({ ...job, next });
    }
    return interrupted;
  }

  async #interrupt(inside: ControlDatabase, job: Pick<TakenJob, "id" | "kind">): Promise<InterruptedJob["next"]> {
    const { interruptions } = await inside
      .updateTable("job_progress")
      .set((is) => ({ owner: null, interruptions: is("interruptions", "+", 1) }))
      .where("id", "=", job.id)
      .returning("interruptions")
      .executeTakeFirstOrThrow();
    if (interruptions <= maxInterruptions) {
      await makeDue(inside, job);
      return "tried-again";
    }
    const reason = `the process ended ${interruptions} times while it worked on this job`;
    await forbidRetry(inside, job);
    await this.#boss.fail(job.kind, job.id, { message: reason }, { db: executorWithin(inside) });
    return "given-up";
  }

  async #abandoned(
    database: ControlDatabase,
    silence: number,
    id?: string,
  ): Promise<readonly Pick<TakenJob, "id" | "kind">[]> {
    const { rows } = await sql<Pick<TakenJob, "id" | "kind">>`
      select job.id::text as id, job.name as kind
      from pgboss.job join homeostat.job_progress progress on progress.id = job.id::text
      where job.state = 'active'
        and (${id ?? null}::text is null or job.id::text = ${id ?? null}::text)
        and progress.owner is distinct from ${this.#owner}
        and greatest(job.started_on, progress.heartbeat_at) <= clock_timestamp() - make_interval(secs => ${silence})
      order by job.created_on
    `.execute(database);
    return rows;
  }

  /** How many jobs wait and run, by kind. */
  async depth(): Promise<readonly { kind: string; state: "waiting" | "running"; jobs: number }[]> {
    const { rows } = await sql<{ kind: string; state: "waiting" | "running"; jobs: string }>`
      select name as kind, case when state = 'active' then 'running' else 'waiting' end as state, count(*) as jobs
      from pgboss.job where state < 'completed' and name = any(${[...jobKinds]}::text[]) group by 1, 2 order by 1, 2
    `.execute(this.#database);
    return rows.map(({ kind, state, jobs }) => ({ kind, state, jobs: Number(jobs) }));
  }

  async find(id: string): Promise<JobRecord | undefined> {
    const query = this.#database.selectFrom("job_progress").select(["kind", "step", "share"]).where("id", "=", id);
    const progress = await query.executeTakeFirst();
    if (progress === undefined) return undefined;
    const job = await this.#boss.getJobById(progress.kind, id, { includeArchive: true } as FindOptions);
    if (job === null) return undefined;
    const state = stateOf(job.state);
    const output = outputOf(job.output);
    return {
      id,
      kind: progress.kind,
      state,
      step: progress.step ?? undefined,
      progress: progress.share ?? undefined,
      result: state === "done" ? output.value : undefined,
      error: state === "failed" || state === "waiting" ? output.message : undefined,
    };
  }

  /** Forgets the progress of jobs that pg-boss has forgotten (it keeps a finished one for a week). */
  async sweep(): Promise<void> {
    await sql`
      delete from homeostat.job_progress progress
      where progress.sent_at < now() - interval '15 days'
        and not exists (select from pgboss.job where job.name = progress.kind and job.id::text = progress.id)
        and not exists (select from pgboss.archive where archive.name = progress.kind and archive.id::text = progress.id)
    `.execute(this.#database);
  }

  /** Does the work in a transaction if the job is still this process's; undefined when it is not. */
  async #whileOurs<T>(job: TakenJob, work: (inside: ControlDatabase) => Promise<T>): Promise<T | undefined> {
    return inTransaction(this.#database, async (inside) => {
      const query = inside.selectFrom("job_progress").select("owner").where("id", "=", job.id);
      const row = await query.forUpdate().executeTakeFirst();
      if (row?.owner !== this.#owner) return undefined;
      const answer = await work(inside);
      await inside.updateTable("job_progress").set({ owner: null }).where("id", "=", job.id).execute();
      return answer;
    });
  }
}

/** pg-boss asks for more than it needs here. */
type FindOptions = NonNullable<Parameters<PgBoss["getJobById"]>[2]>;

async function waitsForRetry(inside: ControlDatabase, kind: JobKind, singleton: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pgboss.job where name = ${kind} and singleton_key = ${singleton} and state = 'retry' limit 1
  `.execute(inside);
  return rows.length > 0;
}

async function forbidRetry(inside: ControlDatabase, job: Pick<TakenJob, "id" | "kind">): Promise<void> {
  await sql`update pgboss.job set retry_limit = retry_count where name = ${job.kind} and id = ${job.id}::uuid`.execute(
    inside,
  );
}

/** Taking it again counts as a run, so the limit rises by one. */
async function makeDue(inside: ControlDatabase, job: Pick<TakenJob, "id" | "kind">): Promise<void> {
  await sql`
    update pgboss.job set state = 'retry', start_after = now(), retry_limit = retry_limit + 1
    where name = ${job.kind} and id = ${job.id}::uuid and state = 'active'
  `.execute(inside);
}

function stateOf(state: PgBoss.JobWithMetadata["state"]): JobRecord["state"] {
  switch (state) {
    case "created":
    case "retry":
      return "waiting";
    case "active":
      return "running";
    case "completed":
      return "done";
    case "failed":
    case "cancelled":
      return "failed";
    default:
      return invariant(false, `unknown job state ${state}`) as never;
  }
}

function outputOf(output: object | null): { readonly value: unknown; readonly message: string | undefined } {
  const value = output !== null && "value" in output ? output.value : undefined;
  const message = output !== null && "message" in output ? String(output.message) : undefined;
  return { value, message };
}
