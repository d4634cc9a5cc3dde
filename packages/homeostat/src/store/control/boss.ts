import { CompiledQuery } from "kysely";
import PgBoss from "pg-boss";
import { reasonOf } from "../../domain/fault.ts";
import { jobKinds } from "../../domain/job/job-queue.ts";
import type { ControlDatabase } from "./control-database.ts";
import type { ControlStoreListener } from "./control-store-event.ts";
import { jobRules } from "./job-rule.ts";
import { faultOf, type SqlEngine, withSession } from "./sql-engine.ts";

const queueSchema = "pgboss";

/**
 * pg-boss on one of our engines, with one queue per kind. Its tables, its statements and its upkeep are used, not its
 * workers: those do not wait until a result is stored (see job-queue.ts). Policy `short` holds
 * at most one waiting job per singleton key; jobs without a key get one of their own.
 */
export async function startBoss(engine: SqlEngine, onEvent: ControlStoreListener): Promise<PgBoss> {
  const boss = new PgBoss({ db: executorOf(engine, onEvent), schema: queueSchema, schedule: false });
  boss.on("error", (error) => onEvent({ kind: "queue-trouble", fault: faultOf(error) }));
  await boss.start();
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  for (const kind of jobKinds) {
    const rule = jobRules[kind];
    const options = {
      name: kind,
      policy: "short" as const,
      retryLimit: rule.retryLimit,
      retryDelay: rule.retryDelaySeconds,
      retryBackoff: rule.retryBackoff,
      expireInSeconds: rule.limitSeconds,
    };
    await (known.has(kind) ? boss.updateQueue(kind, options) : boss.createQueue(kind, options));
  }
  return boss;
}

/** Texts without parameters hold several statements and go as scripts. */
function executorOf(engine: SqlEngine, onEvent: ControlStoreListener): PgBoss.Db {
  return {
    executeSql: (text, values: readonly unknown[] | undefined) =>
      withSession(engine, async (session) => {
        if (values === undefined && /^\s*begin\s*;/i.test(text)) {
          await session.script(text);
          return { rows: [] };
        }
        const { rows } = await session.run(text, values ?? []);
        return { rows: [...rows] };
      }).catch((thrown: unknown) => {
        // pg-boss swallows some of these; we want to hear of all.
        onEvent({ kind: "queue-trouble", fault: faultOf(thrown) });
        throw thrown instanceof Error ? thrown : new Error(reasonOf(thrown));
      }),
  };
}

/** Lets pg-boss take part in an open transaction of ours. */
export function executorWithin(inside: ControlDatabase): PgBoss.Db {
  return {
    executeSql: async (text, values: readonly unknown[] | undefined) => {
      const { rows } = await inside.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, [...(values ?? [])]));
      return { rows };
    },
  };
}
