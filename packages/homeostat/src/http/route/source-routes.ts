import {
  type Answer,
  type DeclarationDocument,
  lintContract,
  type SourceBatch,
  type SourceSummary,
  type SourceWindow,
} from "@homeostat/protocol";
import { consumersOf } from "../../domain/contract/consumers.ts";
import type { Contract } from "../../domain/contract/contract.ts";
import type { ContractWindow } from "../../domain/contract/contract-window.ts";
import { type ContractChange, diffContracts } from "../../domain/contract/diff-contracts.ts";
import { type RuleResult, worstFirst } from "../../domain/contract/judge-rules.ts";
import { readContract } from "../../domain/contract/read-contract.ts";
import type { SourceVersion } from "../../domain/contract/source-store.ts";
import { dayMs, isoOf } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import { planSource, registerSource } from "../../service/intake/register-source.ts";
import { onlyObject } from "../declaration/read-contract.ts";
import { type Caller, type Handlers, type Issue, type Refusal, refused } from "../handler.ts";
import type { House } from "./house.ts";

type SourceRoutes = "sources" | "source" | "addSource" | "diffSource" | "sourceWindows" | "checkSource";

const batchesShown = 50;

/** Sources, their contracts, and how they are kept. */
export function sourceHandlers(house: House): Pick<Handlers, SourceRoutes> {
  return {
    sources: async ({ caller }) => {
      const systems = await systemsOf(house, caller);
      const versions = (await house.sources.list()).filter(({ id }) => concerns(id, systems, caller));
      return { kind: "ok", value: { items: versions.map((version) => summaryOf(version, systems)) } };
    },
    source: async ({ path, caller }) => {
      const current = await house.sources.get(path.source);
      const systems = await systemsOf(house, caller);
      if (current === undefined || !concerns(path.source, systems, caller)) return unknownSource(path.source);
      const versions = await house.sources.versions(path.source);
      return {
        kind: "ok",
        value: {
          source: summaryOf(current, systems),
          fields: current.contract.fields.map(({ name, physicalName, type, required }) => ({
            name,
            column: physicalName,
            type,
            required,
          })),
          rules: current.contract.rules.map(({ id, field, words, severity }) => ({
            id,
            field: field ?? null,
            words,
            severity,
          })),
          unchecked: [...current.contract.unchecked],
          versions: versionAnswers(versions, systems),
        },
      };
    },
    addSource: async ({ body, caller }) => {
      const read = await contractIn(house, body.path, body.text);
      if ("kind" in read) return read;
      const by = { actor: caller.name, allowBreaking: body.allowBreaking };
      const registered = await registerSource(house, read.contract, by);
      if (registered.kind === "refused") return refused("breaking-contract", `${registered.message}.`);
      const current = await house.sources.get(read.contract.id);
      if (current === undefined) return unknownSource(read.contract.id);
      const { plan } = registered;
      const source = summaryOf(current, await systemsOf(house, caller));
      return { kind: "ok", value: { source, added: plan.isNew, changes: plan.changes.map(contractChangeAnswer) } };
    },
    diffSource: async ({ path, body }) => {
      const read = await contractIn(house, body.path, body.text);
      if ("kind" in read) return read;
      if ((await house.sources.get(path.source)) === undefined) return unknownSource(path.source);
      const { changes } = await planSource(house, { ...read.contract, id: path.source });
      return { kind: "ok", value: { changes: changes.map(contractChangeAnswer) } };
    },
    sourceWindows: ({ path, query, caller }) =>
      windowsOf(house, caller, path.source, (system) =>
        house.contracts.list(system.name, {
          ...rangeOf(query),
          ...(query.last === undefined ? {} : { last: query.last }),
        }),
      ),
    checkSource: ({ path, query, caller }) =>
      windowsOf(house, caller, path.source, async (system) => {
        const frontier = await house.events.frontier(system);
        if (frontier === undefined) return [];
        const { from, to } = rangeOf(query);
        const end = to ?? frontier.eventTime + 1;
        return [await house.contracts.check(system, { start: from ?? end - dayMs, end })];
      }),
  };
}

const unknownSource = (id: string): Refusal =>
  refused(
    "not-found",
    `There is no source called ${JSON.stringify(id)}; \`homeostat source add\` or \`apply\` makes one.`,
  );

/** The systems that the caller may know of: a key bound to systems knows no others. */
async function systemsOf(house: House, { systems }: Caller): Promise<readonly System[]> {
  const all = (await house.systems.list()).map(({ system }) => system);
  return systems === undefined ? all : all.filter((system) => systems.includes(system.name));
}

/** To a key bound to systems there are only the sources that they read. */
function concerns(id: string, systems: readonly System[], caller: Caller): boolean {
  return caller.systems === undefined || systems.some((system) => system.source.contractId === id);
}

async function windowsOf(
  house: House,
  caller: Caller,
  id: string,
  windows: (system: System) => Promise<readonly ContractWindow[]>,
): Promise<{ readonly kind: "ok"; readonly value: SourceWindowsAnswer } | Refusal> {
  const current = await house.sources.get(id);
  const known = await systemsOf(house, caller);
  if (current === undefined || !concerns(id, known, caller)) return unknownSource(id);
  const systems = known.filter((system) => system.source.contractId === id);
  const found = await Promise.all(
    systems.map(async (system) => ({
      windows: (await windows(system)).map((window) => windowAnswer(system.name, window)),
      batches: (await house.contracts.batches(system, batchesShown)).map(({ at, completeness, ...batch }) => ({
        system: system.name,
        at: isoOf(at),
        ...batch,
        completeness: completeness ?? null,
      })),
    })),
  );
  return {
    kind: "ok",
    value: {
      items: found.flatMap((one) => one.windows),
      batches: found.flatMap((one) => one.batches),
      unchecked: [...current.contract.unchecked],
    },
  };
}

interface SourceWindowsAnswer {
  items: SourceWindow[];
  batches: SourceBatch[];
  unchecked: string[];
}

function rangeOf(query: { readonly from?: string | undefined; readonly to?: string | undefined }): {
  readonly from?: number;
  readonly to?: number;
} {
  return {
    ...(query.from === undefined ? {} : { from: Date.parse(query.from) }),
    ...(query.to === undefined ? {} : { to: Date.parse(query.to) }),
  };
}

async function contractIn(
  house: House,
  path: string,
  text: string,
): Promise<{ readonly contract: Contract } | Refusal> {
  const wrong = (issues: readonly Issue[]): Refusal =>
    refused("bad-declaration", `${issues.length} things are wrong in the contract.`, { issues });
  const read = lintContract(path, text);
  if ("issues" in read) return wrong(read.issues);
  const document: DeclarationDocument = read.value.document;
  const table = onlyObject(document, read.value.contract);
  if ("issues" in table) return wrong(table.issues);
  return { contract: await readContract(read.value.contract, table.value, house.checker) };
}

function summaryOf({ id, since, contract }: SourceVersion, systems: readonly System[]): SourceSummary {
  return {
    id,
    component: `source:${id}`,
    version: contract.version,
    status: contract.status,
    since: isoOf(since),
    fields: contract.fields.length,
    rules: contract.rules.length,
    unchecked: contract.unchecked.length,
    consumers: consumersOf(id, systems).map((consumer) => consumer.system),
  };
}

/** Versions, newest first, each with what it changed of the one before it. */
function versionAnswers(versions: readonly SourceVersion[], systems: readonly System[]): Answer<"source">["versions"] {
  return versions.map((one, index) => {
    const before = versions[index + 1];
    const changes =
      before === undefined ? [] : diffContracts(before.contract, one.contract, consumersOf(one.id, systems));
    return {
      version: one.contract.version,
      digest: one.digest,
      since: isoOf(one.since),
      by: one.actor,
      breaking: one.breaking,
      changes: changes.map(contractChangeAnswer),
    };
  });
}

export const contractChangeAnswer = ({ consumers, field, ...change }: ContractChange) => ({
  ...change,
  field: field ?? null,
  consumers: [...consumers],
});

export function resultAnswer(result: RuleResult): SourceWindow["results"][number] {
  return {
    ...result,
    field: result.field ?? null,
    reason: result.reason ?? null,
    counted: result.counted ?? null,
    share: result.share ?? null,
    values: [...result.values],
    examples: [...result.examples],
  };
}

function windowAnswer(system: string, { window, contractVersion, health, results }: ContractWindow): SourceWindow {
  return {
    system,
    start: isoOf(window.start),
    end: isoOf(window.end),
    contractVersion,
    health: {
      rows: health.rows,
      freshnessMs: health.freshnessMs ?? null,
      delayMs: health.delayMs ?? null,
      processingMs: health.processingMs ?? null,
      completeness: health.completeness ?? null,
      nulls: [...health.nulls],
    },
    results: worstFirst(results).map(resultAnswer),
  };
}
