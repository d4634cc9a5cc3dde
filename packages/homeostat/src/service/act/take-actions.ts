import { type ActionEvent, type ActionRule, deedKey } from "../../domain/action/action-rule.ts";
import { type ActionRun, type ActionStore, beginning } from "../../domain/action/action-run.ts";
import { ruleMatches } from "../../domain/action/rule-matches.ts";
import type { AuditLog } from "../../domain/audit.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";
import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import type { Incident, IncidentStore } from "../../domain/incident/incident.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import { type DeedPorts, doDeed, planDeed } from "./do-deed.ts";

export interface ActionPorts extends DeedPorts {
  readonly actions: ActionStore;
  readonly incidents: IncidentStore;
  readonly findings: FindingStore;
  readonly systems: Pick<SystemStore, "get">;
  readonly audit: AuditLog;
}

interface Scene {
  readonly system: System;
  readonly incident: Incident;
  readonly findings: readonly Finding[];
}

/**
 * Does, proposes or notes what the system declares for this event of an incident. Safe to repeat: a rule runs once on an
 * incident, and a run that a crash interrupted is taken up again. Nothing is done about an incident that is over.
 */
export async function takeActions(
  ports: ActionPorts,
  number: number,
  event: ActionEvent,
): Promise<readonly ActionRun[]> {
  const scene = await sceneOf(ports, number);
  if (scene === undefined || scene.incident.state === "resolved") return [];
  const rules = scene.system.actions ?? [];
  const taken: ActionRun[] = [];
  for (const rule of rules.filter((one) => ruleMatches(one, event, scene.incident, scene.findings)))
    taken.push(await take(ports, scene, rule));
  return taken;
}

async function sceneOf(ports: ActionPorts, number: number): Promise<Scene | undefined> {
  const incident = await ports.incidents.get(number);
  const system = incident === undefined ? undefined : (await ports.systems.get(incident.system))?.system;
  if (incident === undefined || system === undefined) return undefined;
  return { system, incident, findings: await ports.findings.byIds(incident.findingIds) };
}

async function take(ports: ActionPorts, scene: Scene, rule: ActionRule): Promise<ActionRun> {
  const { system, incident } = scene;
  const now = ports.clock.now();
  const plan = await planDeed(ports, system, rule.act, { ...scene, coolDownMs: rule.coolDownMs });
  const { kind, run } = await ports.actions.begin(
    { incident: incident.number, system: system.name, action: rule.name },
    deedKey(rule.act),
    now - rule.coolDownMs,
    (recent) => {
      const begun = beginning(rule, recent);
      const isImpossible = plan.kind === "impossible" && begun.state !== "cooling";
      return {
        incident: incident.number,
        system: system.name,
        action: rule.name,
        deed: rule.act,
        coolDownMs: rule.coolDownMs,
        state: isImpossible ? "refused" : begun.state,
        createdAt: now,
        changedAt: now,
        decidedBy: undefined,
        before: plan.kind === "possible" ? plan.before : undefined,
        after: plan.kind === "possible" ? plan.after : undefined,
        text: isImpossible ? `cannot be done: ${plan.text}` : begun.text,
      };
    },
  );
  if (run.state === "running") return execute(ports, scene, run);
  if (kind === "begun") await tell(ports, run);
  return run;
}

/** Does a run that is `running`. Where an earlier try got as far as doing it, that is seen and nothing is done again. */
async function execute(ports: ActionPorts, scene: Scene, run: ActionRun): Promise<ActionRun> {
  const { system } = scene;
  const finish = async (parts: Pick<ActionRun, "state" | "text" | "after">): Promise<ActionRun> => {
    const changed = await ports.actions.change(run, "running", { ...parts, changedAt: ports.clock.now() });
    const finished = changed ?? { ...run, ...parts };
    await tell(ports, finished);
    return finished;
  };
  try {
    if (run.deed.kind === "rollback") {
      const live = await ports.releases.live(system.name);
      if (run.before !== undefined && live !== undefined && live.id !== run.before)
        return await finish({ state: "done", text: `rolled back from ${run.before} to ${live.id}`, after: live.id });
    }
    const plan = await planDeed(ports, system, run.deed, { ...scene, coolDownMs: run.coolDownMs });
    if (plan.kind === "impossible")
      return await finish({ state: "refused", text: `cannot be done: ${plan.text}`, after: undefined });
    const outcome = await doDeed(ports, system, run, plan);
    return outcome.kind === "done"
      ? await finish({ state: "done", text: outcome.text, after: outcome.after })
      : await finish({ state: "refused", text: `cannot be done: ${outcome.text}`, after: undefined });
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return finish({ state: "failed", text: `failed: ${reasonOf(thrown)}`, after: undefined });
  }
}

/** What became of a run: into the timeline of its incident, and into the audit log with what stood before and after. */
async function tell(ports: ActionPorts, run: ActionRun): Promise<void> {
  const at = ports.clock.now();
  const actor = run.decidedBy ?? `action ${run.action}`;
  const text = `${run.action} (${run.deed.kind}): ${run.text}`;
  await ports.incidents.change(run.incident, {}, { at, kind: "action", text, actor });
  const { state, before, after, system, incident, action, deed } = run;
  await ports.audit.append({
    at,
    actor,
    act: `action.${deed.kind}`,
    subject: `incident:${incident} system:${system}`,
    detail: { action, state, before: before ?? null, after: after ?? null, text: run.text },
  });
}

export type DecisionOutcome =
  | { readonly kind: "decided"; readonly run: ActionRun }
  | {
      readonly kind: "refused";
      readonly reason: "unknown-run" | "not-waiting" | "incident-over";
      readonly message: string;
    };

/** Somebody's word on a run that waits. Approving does it at once, if it still can be done. */
export async function decideAction(
  ports: ActionPorts,
  key: { readonly incident: number; readonly action: string },
  word: "approve" | "reject",
  by: string,
): Promise<DecisionOutcome> {
  const scene = await sceneOf(ports, key.incident);
  const run = await ports.actions.get(key.incident, key.action);
  if (scene === undefined || run === undefined)
    return { kind: "refused", reason: "unknown-run", message: `Incident ${key.incident} has no action ${key.action}.` };
  if (run.state !== "waiting" && !(run.state === "running" && word === "approve"))
    return { kind: "refused", reason: "not-waiting", message: `${key.action} does not wait: it is ${run.state}.` };
  return word === "reject" ? reject(ports, run, by) : approve(ports, scene, run, by);
}

async function reject(ports: ActionPorts, run: ActionRun, by: string): Promise<DecisionOutcome> {
  const parts = { state: "rejected", text: `rejected by ${by}` } as const;
  return { kind: "decided", run: await end(ports, run, by, parts) };
}

async function approve(ports: ActionPorts, scene: Scene, run: ActionRun, by: string): Promise<DecisionOutcome> {
  if (scene.incident.state === "resolved")
    return { kind: "refused", reason: "incident-over", message: `Incident ${run.incident} is resolved.` };
  // A crash interrupted it: what stood before it is known already.
  if (run.state === "running") return { kind: "decided", run: await execute(ports, scene, run) };
  const at = ports.clock.now();
  const recent = await ports.actions.doneSince(run.system, deedKey(run.deed), at - run.coolDownMs);
  const [other] = recent;
  if (other !== undefined) {
    const text = `not done: ${run.deed.kind} was done for incident ${other.incident} (${other.action}) within the cool-down`;
    return { kind: "decided", run: await end(ports, run, by, { state: "cooling", text }) };
  }
  const plan = await planDeed(ports, scene.system, run.deed, { ...scene, coolDownMs: run.coolDownMs });
  if (plan.kind === "impossible") {
    const text = `cannot be done: ${plan.text}`;
    return { kind: "decided", run: await end(ports, run, by, { state: "refused", text }) };
  }
  // What stands before it is what stands now, not what stood when it was proposed.
  const { before, after } = plan;
  const parts = { state: "running", changedAt: at, decidedBy: by, before, after } as const;
  const running = await ports.actions.change(run, "waiting", parts);
  return { kind: "decided", run: running === undefined ? run : await execute(ports, scene, running) };
}

/** Ends a run that waited without doing it. */
async function end(
  ports: ActionPorts,
  run: ActionRun,
  by: string,
  parts: Pick<ActionRun, "state" | "text">,
): Promise<ActionRun> {
  const ended = await ports.actions.change(run, "waiting", {
    ...parts,
    changedAt: ports.clock.now(),
    decidedBy: by,
    after: undefined,
  });
  if (ended !== undefined) await tell(ports, ended);
  return ended ?? run;
}
