import type { Contract } from "../../domain/contract/contract.ts";
import type { SourceStore } from "../../domain/contract/source-store.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import { breakingWords, planSource, type SourcePlan } from "./register-source.ts";

interface PlannedSource {
  readonly contract: Contract;
  readonly plan: SourcePlan;
  /** The apply records the move to another version itself; the first registration is part of the declaration. */
  readonly isToldElsewhere: boolean;
}

/** What an apply would do to sources, and what speaks against it. */
export interface SourcesPlan {
  readonly sources: readonly PlannedSource[];
  readonly steps: readonly {
    readonly action: "create" | "change";
    readonly what: string;
    readonly detail: string;
  }[];
  /** In words, new versions that break systems. */
  readonly breaking: readonly string[];
  /** In words, fields whose column has another type, with what to do. */
  readonly conflicts: readonly string[];
}

interface Ports {
  readonly systems: SystemStore;
  readonly sources: SourceStore;
  readonly events: Pick<EventStore, "typeConflicts">;
}

/** The contracts of declared systems against the registered ones, and against the tables that exist. Changes nothing. */
export async function planSources(
  ports: Ports,
  declared: { readonly systems: readonly { readonly system: System }[] },
): Promise<SourcesPlan> {
  const contracts = new Map<string, Contract>();
  for (const { system } of declared.systems)
    if (system.source.contract !== undefined) contracts.set(system.source.contractId, system.source.contract);
  const sources: PlannedSource[] = [];
  for (const contract of contracts.values()) {
    const plan = await planSource(ports, contract);
    const { before, isNew } = plan;
    const isToldElsewhere = before === undefined || before.contract.version !== contract.version;
    if (isNew) sources.push({ contract, plan, isToldElsewhere });
  }
  const conflicts: string[] = [];
  for (const { system } of declared.systems)
    for (const { field, stored, declared: wanted } of await ports.events.typeConflicts(system))
      conflicts.push(
        `${system.name}: the field \`${field}\` is kept as ${stored} and cannot become ${wanted}: give the new meaning a new name, the old column stays readable`,
      );
  return {
    sources,
    steps: sources.map(({ contract, plan: { before, changes, breaking } }) => ({
      action: before === undefined ? ("create" as const) : ("change" as const),
      what: `source ${contract.id}`,
      detail:
        before === undefined
          ? `contract ${contract.version}, ${contract.rules.length} rules enforced`
          : `contract ${before.contract.version} becomes ${contract.version}: ${changes.length} changes, ${breaking.length} breaking`,
    })),
    breaking: sources.flatMap(({ contract, plan }) =>
      plan.breaking.length === 0 ? [] : [breakingWords(contract.id, plan.breaking)],
    ),
    conflicts,
  };
}
