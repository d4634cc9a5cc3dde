import { isAbsolute } from "node:path";
import type { Erasure as ErasureAnswer } from "@homeostat/protocol";
import { dayMs, isoOf, secondMs } from "../../domain/instant.ts";
import type { Erasure } from "../../domain/keeping/erasure.ts";
import { eraseSubject } from "../../service/keep/erase-subject.ts";
import { type Handlers, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { sendJob } from "./send-job.ts";

/** Erasure, retention, backup. */
export function keepingHandlers(house: House): Pick<Handlers, "erase" | "erasures" | "retention" | "createBackup"> {
  return {
    erase: async ({ path, body, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const outcome = await eraseSubject(house, found.system, body.entity, caller.name);
      return outcome.kind === "refused"
        ? refused("not-possible-now", `${outcome.message}.`)
        : { kind: "ok", value: erasureAnswer(outcome.erasure) };
    },
    erasures: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      return { kind: "ok", value: { items: (await house.erasures.list(path.system)).map(erasureAnswer) } };
    },
    retention: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const rule = found.system.retention;
      // In this order what was dropped is never counted as kept as well.
      const dropped = await house.retirements.list(path.system);
      const kept = await house.rows.kept(found.system);
      return {
        kind: "ok",
        value: {
          rule:
            rule === undefined
              ? null
              : { age: rule.ageMs === undefined ? null : durationText(rule.ageMs), bytes: rule.bytes ?? null },
          kept: {
            predictions: kept.predictions,
            bytes: kept.bytes,
            oldestReceivedAt: kept.oldestReceivedAt === undefined ? null : isoOf(kept.oldestReceivedAt),
          },
          dropped: dropped.map(({ at, receivedBefore, reason, predictions, outcomes, windows }) => ({
            at: isoOf(at),
            receivedBefore: isoOf(receivedBefore),
            reason,
            predictions,
            outcomes,
            windows,
          })),
        },
      };
    },
    createBackup: async ({ body }) =>
      isAbsolute(body.directory)
        ? { kind: "ok", value: await sendJob(house, "backup", { directory: body.directory }) }
        : refused("malformed-body", "The folder must be an absolute path on the server's machine."),
  };
}

const durationText = (ms: number): string => (ms % dayMs === 0 ? `P${ms / dayMs}D` : `PT${Math.round(ms / secondMs)}S`);

function erasureAnswer({ system: _, at, ...erasure }: Erasure): ErasureAnswer {
  return { ...erasure, at: isoOf(at), datasets: [...erasure.datasets] };
}
