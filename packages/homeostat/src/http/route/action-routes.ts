import type { ActionRun, ServingHold } from "@homeostat/protocol";
import type { ActionRun as StoredRun } from "../../domain/action/action-run.ts";
import { holdWords, type ServingHold as StoredHold } from "../../domain/action/serving-hold.ts";
import { isoOf } from "../../domain/instant.ts";
import { liftHolds } from "../../service/act/lift-holds.ts";
import { decideAction } from "../../service/act/take-actions.ts";
import { type Handlers, type Reply, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

type ActionRoutes = "actions" | "approveAction" | "rejectAction" | "holds" | "liftHolds";

/** What is done about incidents by rule. */
export function actionHandlers(house: House): Pick<Handlers, ActionRoutes> {
  const decide = async (
    incident: number,
    action: string,
    word: "approve" | "reject",
    by: string,
  ): Promise<Reply<"approveAction">> => {
    const outcome = await decideAction(house, { incident, action }, word, by);
    if (outcome.kind === "decided") return { kind: "ok", value: runAnswer(outcome.run) };
    return refused(outcome.reason === "unknown-run" ? "not-found" : "not-possible-now", outcome.message);
  };
  return {
    actions: async ({ query }) => ({
      kind: "ok",
      value: { items: (await house.actions.list(query)).map(runAnswer) },
    }),
    approveAction: ({ path, caller }) => decide(path.number, path.action, "approve", caller.name),
    rejectAction: ({ path, caller }) => decide(path.number, path.action, "reject", caller.name),
    holds: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      return { kind: "ok", value: { items: (await house.holds.of(found.system.name)).map(holdAnswer) } };
    },
    liftHolds: async ({ path, body, caller }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const lifted = await liftHolds(house, found.system.name, body.incident, caller.name);
      return { kind: "ok", value: { items: lifted.map(holdAnswer) } };
    },
  };
}

function runAnswer(run: StoredRun): ActionRun {
  const { incident, system, action, deed, state, createdAt, changedAt, decidedBy, before, after, text } = run;
  return {
    incident,
    system,
    action,
    do: deed.kind,
    state,
    createdAt: isoOf(createdAt),
    changedAt: isoOf(changedAt),
    decidedBy: decidedBy ?? null,
    before: before ?? null,
    after: after ?? null,
    text,
  };
}

function holdAnswer(hold: StoredHold): ServingHold {
  return { incident: hold.incident, action: hold.action, since: isoOf(hold.since), text: holdWords(hold) };
}
