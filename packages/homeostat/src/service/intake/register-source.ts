import { createHash } from "node:crypto";
import { canonicalText } from "../../domain/canonical-text.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import { consumersOf } from "../../domain/contract/consumers.ts";
import type { Contract } from "../../domain/contract/contract.ts";
import { type ContractChange, diffContracts } from "../../domain/contract/diff-contracts.ts";
import type { SourceStore, SourceVersion } from "../../domain/contract/source-store.ts";
import type { Clock } from "../../domain/instant.ts";
import type { SystemStore } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";

export interface SourceNouns {
  readonly sources: SourceStore;
  readonly changes: ChangeStore;
}

export interface SourcePorts extends SourceNouns {
  readonly systems: SystemStore;
  readonly transaction: Transact<SourceNouns>;
  readonly clock: Clock;
}

/** What registering a contract would do. */
export interface SourcePlan {
  readonly before: SourceVersion | undefined;
  readonly digest: string;
  readonly changes: readonly ContractChange[];
  /** Changes that break a system that reads the source. */
  readonly breaking: readonly ContractChange[];
  readonly isNew: boolean;
}

const digestOf = (contract: Contract): string => createHash("sha256").update(canonicalText(contract)).digest("hex");

/** What changes from the registered version to this one, and whom it breaks. Changes nothing. */
export async function planSource(
  ports: Pick<SourcePorts, "sources" | "systems">,
  contract: Contract,
): Promise<SourcePlan> {
  const before = await ports.sources.get(contract.id);
  const digest = digestOf(contract);
  const systems = (await ports.systems.list()).map(({ system }) => system);
  const changes =
    before === undefined ? [] : diffContracts(before.contract, contract, consumersOf(contract.id, systems));
  return {
    before,
    digest,
    changes,
    breaking: changes.filter((change) => change.breaking && change.consumers.length > 0),
    isNew: before?.digest !== digest,
  };
}

/** One line about what a breaking version breaks. */
export function breakingWords(id: string, breaking: readonly ContractChange[]): string {
  const parts = breaking.map(
    ({ field, what, consumers }) => `${field === undefined ? "" : `\`${field}\` `}${what} (${consumers.join(", ")})`,
  );
  return `source ${id}: ${parts.join("; ")}`;
}

/**
 * Keeps a version that was planned, with its change event, in one transaction. Safe to repeat. An apply tells of new
 * versions itself (`isToldElsewhere`).
 */
export async function saveSource(
  nouns: SourceNouns,
  contract: Contract,
  plan: SourcePlan,
  by: { readonly actor: string; readonly at: number; readonly isToldElsewhere?: boolean },
): Promise<void> {
  if (!plan.isNew) return;
  const { actor, at, isToldElsewhere = false } = by;
  const breaking = plan.breaking.length > 0;
  await nouns.sources.add({ id: contract.id, digest: plan.digest, since: at, actor, breaking, contract });
  if (isToldElsewhere) return;
  const move =
    plan.before === undefined
      ? `contract ${contract.version} was registered`
      : `contract ${plan.before.contract.version} became ${contract.version}: ${plan.changes.length} changes`;
  await nouns.changes.record({
    id: `source-${createHash("sha256").update(`${contract.id}|${plan.digest}|${at}`).digest("hex").slice(0, 16)}`,
    component: `source:${contract.id}`,
    kind: "schema",
    title: breaking ? `${move}, breaking ${plan.breaking.flatMap((change) => change.consumers).join(", ")}` : move,
    time: at,
    recordedAt: at,
    actor,
    system: undefined,
  });
}

export type Registered =
  | { readonly kind: "registered"; readonly plan: SourcePlan }
  | { readonly kind: "refused"; readonly message: string };

/** Registers a version of a contract; one that breaks systems is refused unless that is allowed. */
export async function registerSource(
  ports: SourcePorts,
  contract: Contract,
  by: { readonly actor: string; readonly allowBreaking: boolean },
): Promise<Registered> {
  const plan = await planSource(ports, contract);
  if (plan.isNew && plan.breaking.length > 0 && !by.allowBreaking)
    return { kind: "refused", message: breakingWords(contract.id, plan.breaking) };
  const at = ports.clock.now();
  await ports.transaction((inside) => saveSource(inside, contract, plan, { actor: by.actor, at }));
  return { kind: "registered", plan };
}
