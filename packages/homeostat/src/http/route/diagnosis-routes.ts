import { windowOf } from "../../domain/window/window.ts";
import { diagnoseWindow } from "../../service/judge/diagnose-window.ts";
import { type Handlers, refused } from "../handler.ts";
import { diagnosisAnswer, performanceAround, stepAnswer } from "./diagnosis-answer.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

/** Rows shown of each repeated statement. */
const mostRows = 200;

/** Diagnosing at any time, and asking a step's statements again. */
export function diagnosisHandlers(house: House): Pick<Handlers, "diagnose" | "repeatStep"> {
  return {
    diagnose: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const newest = await house.events.frontier(system);
      if (newest === undefined) return refused("not-possible-now", `${system.name} has no rows yet.`);
      const { lengthMs } = system.windows;
      const from =
        query.from === undefined ? windowOf(newest.eventTime, lengthMs).start - lengthMs : Date.parse(query.from);
      const to = query.to === undefined ? windowOf(from, lengthMs).end : Date.parse(query.to);
      if (to <= from) return refused("not-possible-now", "The stretch ends before it begins.");
      const outcome = await diagnoseWindow(house.diagnosing, system, { from, to });
      if (outcome.kind === "refused") {
        const why = {
          "no-baseline": `${system.name} has no live release with a baseline to compare with: make one with \`homeostat release\` or \`homeostat baseline\`.`,
          "no-rows": `No row of ${system.name} was received in that stretch of event time.`,
        } as const;
        return refused("not-possible-now", why[outcome.reason]);
      }
      const performance = await performanceAround(house, system.name, from, to, outcome.diagnosis.slice);
      return { kind: "ok", value: diagnosisAnswer(outcome.diagnosis, from, performance) };
    },
    repeatStep: async ({ path, caller }) => {
      const incident = await house.incidents.get(path.number);
      if (incident === undefined || (caller.systems !== undefined && !caller.systems.includes(incident.system)))
        return refused("not-found", `There is no incident ${path.number}.`);
      const step = incident.diagnosis?.steps.find((one) => String(one.step) === path.step);
      if (step === undefined) return refused("not-found", `Incident ${path.number} has no step ${path.step}.`);
      const answers = [];
      for (const query of step.queries ?? []) {
        const rows = await house.diagnosing.slices.repeat(query, mostRows + 1);
        answers.push({ rows: rows.slice(0, mostRows), more: rows.length > mostRows });
      }
      return { kind: "ok", value: { step: stepAnswer(step), answers } };
    },
  };
}
