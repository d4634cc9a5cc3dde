import type { SystemSummary, WindowSummary } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import type { StoredSystem } from "../../domain/system/system.ts";
import type { VerdictState } from "../../domain/window/window.ts";
import { applyDeclarations, planDeclarations } from "../../service/intake/apply-declarations.ts";
import { tickAppliedActions } from "../../service/learn/keep-postmortem.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { type DeclarationsRead, parseDeclarations } from "../parse-declarations.ts";
import type { House } from "./house.ts";
import { releaseAnswer } from "./learning-routes.ts";
import { windowAnswer } from "./sensing-routes.ts";

type SystemRoutes = "live" | "ready" | "status" | "plan" | "apply" | "systems" | "system";

/** The server itself, and the systems under care. */
export function systemHandlers(house: House): Pick<Handlers, SystemRoutes> {
  return {
    live: async () => ({ kind: "ok", value: { live: true } }),
    ready: async () => {
      const parts = await house.parts();
      return { kind: "ok", value: { ready: parts.every((part) => part.ready), parts: [...parts] } };
    },
    status: async ({ caller }) => {
      const spool = house.spool.state();
      return {
        kind: "ok",
        value: {
          version: house.about.version,
          startedAt: isoOf(house.about.startedAt),
          dataDirectory: house.about.dataDirectory,
          parts: [...(await house.parts())],
          spool: {
            bytes: spool.bytes,
            limitBytes: spool.limitBytes,
            rows: spool.rows,
            oldestReceivedAt: spool.oldestReceivedAt === undefined ? null : isoOf(spool.oldestReceivedAt),
            limitAgeMs: spool.limitAgeMs,
            damage: spool.damage.map(
              (damage) => `${damage.path} at byte ${damage.offset}: ${damage.kind}, ${damage.bytesLost} bytes`,
            ),
          },
          gaps: house.gaps
            .list()
            .filter((gap) => caller.systems === undefined || caller.systems.includes(gap.system))
            .map(({ lastAt, ...gap }) => ({ ...gap, lastAt: isoOf(lastAt) })),
          clockSkew: house.skews
            .list()
            .filter((skew) => caller.systems === undefined || caller.name === skew.caller)
            .map(({ lastAt, ...skew }) => ({ ...skew, lastAt: isoOf(lastAt) })),
          memoryBytes: house.about.memoryBytes(),
        },
      };
    },
    plan: async ({ body }) => {
      const parsed = await parsedOf(house, body.files);
      if (parsed.kind === "refused") return parsed;
      return { kind: "ok", value: await planDeclarations(house, parsed) };
    },
    apply: async ({ body, caller }) => {
      const parsed = await parsedOf(house, body.files);
      if (parsed.kind === "refused") return parsed;
      const applied = await applyDeclarations(house, parsed, caller.name, body.allowBreaking);
      if (!("kind" in applied)) {
        await tickAppliedActions(house, applied.systems);
        return { kind: "ok", value: applied };
      }
      return applied.reason === "breaking"
        ? refused("breaking-contract", `${applied.message}.`)
        : refused("bad-declaration", `${applied.message}.`);
    },
    systems: async ({ caller }) => {
      const stored = await house.systems.list();
      const visible = stored.filter(
        ({ system }) => caller.systems === undefined || caller.systems.includes(system.name),
      );
      return { kind: "ok", value: { items: await Promise.all(visible.map((one) => summaryOf(house, one))) } };
    },
    system: async ({ path }) => {
      const stored = await house.systems.get(path.system);
      if (stored === undefined)
        return refused("unknown-system", `There is no system called ${JSON.stringify(path.system)}.`);
      const { system } = stored;
      const summary = await summaryOf(house, stored);
      const baselineId = summary.liveRelease?.baseline;
      const baseline =
        baselineId === null || baselineId === undefined
          ? undefined
          : await house.baselines.get(system.name, baselineId);
      return {
        kind: "ok",
        value: {
          ...summary,
          features: system.pipeline.features.map(({ name, type, expression }) => ({ name, type, expression })),
          segments: system.segments.map(({ name, expression }) => ({
            name,
            expression,
            values: [...(baseline?.segments.find((segment) => segment.name === name)?.values ?? [])],
          })),
          outcome: system.outcome.expression,
          task: system.task.type,
          unit: system.task.type === "regression" ? system.task.unit : null,
          windows: {
            lengthMs: system.windows.lengthMs,
            latenessMs: system.windows.latenessMs,
            season: system.windows.season,
          },
          unchecked: [...system.unchecked],
        },
      };
    },
  };
}

async function parsedOf(
  house: House,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<Extract<DeclarationsRead, { kind: "parsed" }> | Refusal> {
  const [owners, people, policies, schedules, channels] = await Promise.all([
    house.systems.owners(),
    house.policies.people(),
    house.policies.policies(),
    house.schedules.list(),
    house.declaredChannels.list(),
  ]);
  const known = { channels, owners, people, policies, schedules: schedules.map(({ schedule }) => schedule) };
  const parsed = await parseDeclarations(files, house.checker, known);
  if (parsed.kind === "parsed") {
    const changed = await changedTask(house, parsed);
    return changed === undefined ? parsed : refused("bad-declaration", changed);
  }
  return refused(
    "bad-declaration",
    parsed.issues.length === 1
      ? "One thing is wrong in the declarations."
      : `${parsed.issues.length} things are wrong in the declarations.`,
    { issues: parsed.issues },
  );
}

/** Rows, outcomes and baselines are of one task: with another one they would be read as what they are not. */
async function changedTask(
  house: House,
  { systems }: Extract<DeclarationsRead, { kind: "parsed" }>,
): Promise<string | undefined> {
  for (const { system } of systems) {
    const before = (await house.systems.get(system.name))?.system.task.type;
    if (before !== undefined && before !== system.task.type)
      return `${system.name} has the task ${before}, and a system keeps its task: declare ${system.task.type} under another name.`;
  }
  return undefined;
}

async function summaryOf(house: House, { system }: StoredSystem): Promise<SystemSummary> {
  const [release, incidents, windows, frontier] = await Promise.all([
    house.releases.live(system.name),
    house.incidents.list({ system: system.name }),
    house.windows.list(system.name, {}),
    house.events.frontier(system),
  ]);
  const unresolved = incidents.filter((incident) => incident.state !== "resolved");
  const from = windows.findLast((window) => window.evaluatedAt !== undefined) ?? windows.at(-latestWindows);
  const tallies = from === undefined ? [] : await house.contracts.tallies(system.name, { from: from.start });
  const tallyOf = new Map(tallies.map((tally) => [tally.start, tally]));
  const last = windows.findLast((window) => window.evaluatedAt !== undefined || tallyOf.has(window.start));
  const lastWindow =
    last === undefined ? undefined : windowAnswer(last, system, frontier?.eventTime, tallyOf.get(last.start));
  const sum = (of: (window: (typeof windows)[number]) => number): number =>
    windows.reduce((all, window) => all + of(window), 0);
  return {
    name: system.name,
    description: system.description,
    domain: system.domain,
    serving: system.serving,
    health: healthOf(unresolved.length, lastWindow, release?.baseline),
    liveRelease: release === undefined ? null : releaseAnswer(release),
    openIncidents: unresolved.length,
    rows: sum((window) => window.rows),
    labelledRows: sum((window) => window.labelledRows),
    lastWindow: lastWindow ?? null,
    lastEventAt: frontier === undefined ? null : isoOf(frontier.eventTime),
    owners: { ...system.owners },
  };
}

/** Windows at the end that may have been held to the contract where none was ever evaluated: the open ones follow it. */
const latestWindows = 10;

/** An open incident is critical whatever the last window says; without a baseline only what the contract found is known. */
function healthOf(
  openIncidents: number,
  last: Pick<WindowSummary, "verdict"> | undefined,
  baseline: string | undefined,
): VerdictState {
  if (openIncidents > 0) return "critical";
  if (last?.verdict === "critical" || last?.verdict === "warning") return "warning";
  return baseline === undefined || last === undefined ? "not-checked" : last.verdict;
}
