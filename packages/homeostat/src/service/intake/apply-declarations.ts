import { createHash } from "node:crypto";
import { canonicalText } from "../../domain/canonical-text.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import type { SourceStore } from "../../domain/contract/source-store.ts";
import type { Clock } from "../../domain/instant.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { declaredLineage } from "../../domain/lineage/own-lineage.ts";
import type { ModelStore } from "../../domain/model/model-store.ts";
import type { ChannelStore, NamedChannel } from "../../domain/notification/channel-declaration.ts";
import type { DeliveryStore } from "../../domain/notification/delivery.ts";
import type { EscalationPolicy, EscalationPolicyStore, Person } from "../../domain/oncall/escalation-policy.ts";
import type { Schedule, ScheduleStore } from "../../domain/oncall/schedule.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { Owner, StoredSystem, System, SystemStore } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";
import { planChannels, saveChannels } from "./plan-channels.ts";
import { planOncall, saveOncall } from "./plan-oncall.ts";
import { planSources, type SourcesPlan } from "./plan-sources.ts";
import { saveSource } from "./register-source.ts";

export interface ApplyPorts {
  readonly systems: SystemStore;
  readonly sources: SourceStore;
  readonly events: EventStore;
  readonly declaredChannels: ChannelStore;
  readonly deliveries: Pick<DeliveryStore, "switchOn">;
  readonly schedules: ScheduleStore;
  readonly policies: EscalationPolicyStore;
  readonly transaction: Transact<ApplyNouns>;
  /** Called when a declaration was saved: what is remembered of the system is old. */
  systemChanged(name: string): void;
  readonly clock: Clock;
}

interface ApplyNouns {
  readonly sources: SourceStore;
  readonly systems: SystemStore;
  readonly models: ModelStore;
  readonly changes: ChangeStore;
  readonly lineage: LineageStore;
}

/** Declarations that passed the door. */
export interface Declared {
  readonly systems: readonly { readonly system: System; readonly digest: string }[];
  readonly owners: readonly Owner[];
  readonly channels: readonly NamedChannel[];
  readonly people: readonly Person[];
  readonly schedules: readonly Schedule[];
  readonly policies: readonly EscalationPolicy[];
}

export interface ApplyPlan {
  readonly systems: string[];
  readonly steps: { readonly action: "create" | "change" | "keep"; readonly what: string; readonly detail: string }[];
  readonly warnings: string[];
  readonly applied: boolean;
}

/** What applying would do: created, changed, kept, and what is declared but not checked. */
export async function planDeclarations(
  ports: Pick<ApplyPorts, "systems" | "sources" | "events" | "declaredChannels" | "schedules" | "policies" | "clock">,
  declared: Declared,
): Promise<ApplyPlan> {
  return planWith(ports, declared, await planSources(ports, declared));
}

async function planWith(
  ports: Pick<ApplyPorts, "systems" | "declaredChannels" | "schedules" | "policies" | "clock">,
  declared: Declared,
  sources: SourcesPlan,
): Promise<ApplyPlan> {
  const oncall = await planOncall(ports, declared);
  const steps: ApplyPlan["steps"] = [
    ...sources.steps,
    ...(await planChannels(ports, declared.channels)),
    ...oncall.steps,
  ];
  for (const one of declared.systems) steps.push(...systemSteps(one, await ports.systems.get(one.system.name)));
  return {
    systems: declared.systems.map(({ system }) => system.name),
    steps,
    warnings: [
      ...sources.conflicts,
      ...sources.breaking,
      ...oncall.warnings,
      ...declared.systems.flatMap(({ system }) => system.unchecked.map((what) => `${system.name}: ${what}`)),
    ],
    applied: false,
  };
}

function systemSteps(
  { system, digest }: Declared["systems"][number],
  before: StoredSystem | undefined,
): ApplyPlan["steps"] {
  const what = `system ${system.name}`;
  if (before === undefined) {
    const features = `${system.pipeline.features.length} features, ${system.segments.length} segments`;
    return [
      { action: "create", what, detail: `${system.serving}, ${features}` },
      { action: "create", what: `pipeline ${system.pipeline.version}`, detail: "a new version" },
    ];
  }
  if (before.digest === digest) return [{ action: "keep", what, detail: "as declared" }];
  const steps: ApplyPlan["steps"] = [
    { action: "change", what, detail: changedParts(before.system, system).join(", ") || "details" },
  ];
  if (before.system.pipeline.version !== system.pipeline.version) {
    steps.push({
      action: "create",
      what: `pipeline ${system.pipeline.version}`,
      detail: `replaces ${before.system.pipeline.version} for new models; releases keep the pipeline they were made with`,
    });
  }
  return steps;
}

function changedParts(before: System, after: System): string[] {
  const parts: readonly (keyof System)[] = [
    "description",
    "serving",
    "task",
    "source",
    "pipeline",
    "outcome",
    "segments",
    "windows",
    "monitors",
    "budget",
    "diagnosis",
    "fallback",
    "owners",
    "notify",
    "oncall",
    "entity",
    "retention",
    "slos",
    "actions",
    "review",
  ];
  return parts.filter((part) => canonicalText(before[part]) !== canonicalText(after[part]));
}

export type Applied =
  | ApplyPlan
  | { readonly kind: "refused"; readonly reason: "breaking" | "type-conflict"; readonly message: string };

/**
 * Does what the plan says: sources, owners, tables, systems; each change of a system is a change event. Safe to repeat.
 * Refused where a field's column exists with another type, and where a new version of a contract breaks systems that
 * read it, unless that is allowed.
 */
export async function applyDeclarations(
  ports: ApplyPorts,
  declared: Declared,
  actor: string,
  allowBreaking = false,
): Promise<Applied> {
  const sources = await planSources(ports, declared);
  if (sources.conflicts.length > 0)
    return { kind: "refused", reason: "type-conflict", message: sources.conflicts.join("; ") };
  if (sources.breaking.length > 0 && !allowBreaking)
    return { kind: "refused", reason: "breaking", message: sources.breaking.join("; ") };
  const plan = await planWith(ports, declared, sources);
  const at = ports.clock.now();
  for (const { contract, plan: planned, isToldElsewhere } of sources.sources)
    await ports.transaction((inside) => saveSource(inside, contract, planned, { actor, at, isToldElsewhere }));
  if (declared.owners.length > 0) await ports.systems.saveOwners(declared.owners);
  await saveChannels(ports, declared.channels);
  await saveOncall(ports, declared, at);
  for (const { system, digest } of declared.systems) {
    const before = await ports.systems.get(system.name);
    if (before?.digest === digest) continue;
    const added = await ports.events.ensureTables(system);
    await saveSystem(ports, { system, digest, before: before?.system, actor });
    plan.steps.push(
      ...added.map((column) => ({
        action: "create" as const,
        what: `column ${column}`,
        detail: "added to the event table",
      })),
    );
  }
  return { ...plan, applied: true };
}

/** The declaration, its change event and its lineage: all or none. */
async function saveSystem(
  ports: ApplyPorts,
  {
    system,
    digest,
    before,
    actor,
  }: {
    readonly system: System;
    readonly digest: string;
    readonly before: System | undefined;
    readonly actor: string;
  },
): Promise<void> {
  const at = ports.clock.now();
  const id = createHash("sha256").update(`${system.name}|${digest}|${at}`).digest("hex").slice(0, 16);
  const change = { time: at, recordedAt: at, actor, system: system.name };
  const parts = before === undefined ? [] : changedParts(before, system);
  const moved = before === undefined ? undefined : contractMove(before, system);
  try {
    await ports.transaction(async (inside) => {
      await inside.models.savePipeline(system.pipeline);
      await inside.systems.save(system, digest, at);
      await inside.changes.record({
        ...change,
        id: `apply-${id}`,
        component: `system:${system.name}`,
        kind: "policy",
        title:
          before === undefined
            ? `${system.name} was declared`
            : `${system.name} was changed: ${parts.join(", ") || "details"}`,
      });
      if (moved !== undefined)
        await inside.changes.record({
          ...change,
          id: `contract-${id}`,
          component: system.source.component,
          kind: "schema",
          title: moved,
        });
      await inside.lineage.record(declaredLineage(system, at));
    });
  } finally {
    ports.systemChanged(system.name);
  }
}

/** In words, how the contract moved; undefined when it did not. */
function contractMove(before: System, after: System): string | undefined {
  const [from, to] = [before, after].map(({ source }) => `${source.contractId} ${source.contractVersion}`);
  return from === to ? undefined : `contract ${from} was replaced by ${to}`;
}
