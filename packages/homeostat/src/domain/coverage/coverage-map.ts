import type { ContractRule } from "../contract/contract.ts";
import type { ContractTally } from "../contract/contract-verdict.ts";
import type { MonitorKind } from "../finding/finding.ts";
import type { Instant } from "../instant.ts";
import type { MonitorDefinition } from "../monitor/monitor.ts";
import { monitors } from "../monitor/registry.ts";
import type { MonitorSettings } from "../monitor/settings.ts";
import type { VerdictTally } from "../monitor/verdict.ts";
import type { System } from "../system/system.ts";
import type { VerdictState, Window } from "../window/window.ts";
import { type FailureMode, failureModeNames, failureModeOf } from "./failure-mode.ts";

/**
 * How one failure mode of one system is watched. Only `watched` says that something was tested; every other answer says
 * why nothing was.
 */
type Watch =
  | {
      readonly kind: "watched";
      readonly by: readonly string[];
      readonly since: Instant;
      readonly verdict: VerdictState;
    }
  /** Somebody asks, but the newest window could not be tested. */
  | {
      readonly kind: "asked-in-vain";
      readonly by: readonly string[];
      readonly state: VerdictState;
      readonly why: string;
    }
  | { readonly kind: "not-watched"; readonly why: string }
  | { readonly kind: "does-not-apply"; readonly why: string };

export interface CoverageEntry {
  readonly mode: FailureMode;
  readonly watch: Watch;
}

/** What is known of a system when its map is drawn. */
export interface CoverageFacts {
  readonly system: System;
  readonly watching: readonly MonitorSettings[];
  /** When the declaration that counts was applied. */
  readonly appliedAt: Instant;
  /** When the live release with a baseline went live; undefined: none did. */
  readonly liveSince: Instant | undefined;
  /** The newest evaluated window, and how its series did. */
  readonly window: Window | undefined;
  readonly tallies: readonly VerdictTally[];
  /** How the contract did in the newest window it was held to. */
  readonly contract: ContractTally | undefined;
}

/** Every failure mode with what watches it, in the order they are shown. Pure. Cost: O(modes × monitors). */
export function coverageMapOf(facts: CoverageFacts): readonly CoverageEntry[] {
  return failureModeNames.map((mode) => ({ mode, watch: watchOf(mode, facts) }));
}

function watchOf(mode: FailureMode, facts: CoverageFacts): Watch {
  const exempt = failureModeOf(mode).doesNotApply?.(facts.system);
  if (exempt !== undefined) return { kind: "does-not-apply", why: exempt };
  const covering = facts.watching.filter(({ kind }) => covers(kind, mode));
  if (covering.length === 0) return { kind: "not-watched", why: whyNot(mode, facts.system) };
  const answers = covering.map((settings) => ({ settings, answer: answerOf(mode, settings, facts) }));
  const tested = answers.flatMap(({ settings, answer }) => (answer.kind === "tested" ? [{ settings, answer }] : []));
  if (tested.length > 0)
    return {
      kind: "watched",
      by: tested.map(({ settings }) => settings.name),
      since: Math.min(...tested.map(({ answer }) => answer.since)),
      verdict: worst(tested.map(({ answer }) => answer.verdict)),
    };
  const first = answers.flatMap(({ answer }) => (answer.kind === "untested" ? [answer] : []))[0];
  return {
    kind: "asked-in-vain",
    by: covering.map(({ name }) => name),
    state: first?.state ?? "not-checked",
    why: first?.why ?? "nothing was evaluated yet",
  };
}

const definitionOf = (kind: MonitorKind): MonitorDefinition => monitors[kind];
const covers = (kind: MonitorKind, mode: FailureMode): boolean => definitionOf(kind).covers.includes(mode);

function whyNot(mode: FailureMode, system: System): string {
  const off = Object.values(monitors).filter(
    ({ kind }: MonitorDefinition) =>
      covers(kind, mode) && system.monitors?.some(({ name, enabled }) => name === kind && !enabled) === true,
  );
  return off.length > 0
    ? `switched off: ${off.map(({ kind }) => kind).join(", ")} (\`enabled: false\` in the declaration)`
    : "no monitor of this version asks about it";
}

type Answer =
  | { readonly kind: "tested"; readonly since: Instant; readonly verdict: VerdictState }
  | { readonly kind: "untested"; readonly state: VerdictState; readonly why: string };

function answerOf(mode: FailureMode, settings: MonitorSettings, facts: CoverageFacts): Answer {
  // a contract is held against its rows, without a baseline
  if (settings.kind === "contract") return contractAnswer(mode, facts);
  if (settings.kind === "slo-burn") return objectiveAnswer(facts);
  if (facts.liveSince === undefined)
    return {
      kind: "untested",
      state: "not-checked",
      why: "there is no baseline: release a model, or `homeostat baseline create`",
    };
  if (facts.window === undefined) return { kind: "untested", state: "not-checked", why: "no window was evaluated yet" };
  const own = facts.tallies.filter(({ monitorName }) => monitorName === settings.name);
  const states = own.map(({ state }) => state);
  const said = states.filter((state) => testedStates.includes(state));
  if (said.length > 0)
    return { kind: "tested", since: Math.max(facts.liveSince, facts.appliedAt), verdict: worst(said) };
  const state = order.find((one) => states.includes(one));
  return state === undefined
    ? { kind: "untested", state: "not-checked", why: "it had nothing to ask about in the newest window" }
    : { kind: "untested", state, why: inVain[state] ?? "nothing could be tested in the newest window" };
}

/** Objectives are judged beside the windows: how each stands is their own list's to say. */
function objectiveAnswer({ system }: CoverageFacts): Answer {
  const declared = system.slos?.length ?? 0;
  const why = declared === 0 ? "no objective is declared" : "`homeostat slo list` says how its objectives stand";
  return { kind: "untested", state: "not-checked", why };
}

const testedStates: readonly VerdictState[] = ["critical", "warning", "healthy"];
const order: readonly VerdictState[] = [...testedStates, "waiting-for-labels", "not-enough-data", "not-checked"];
const worst = (states: readonly VerdictState[]): VerdictState =>
  order.find((state) => states.includes(state)) ?? "not-checked";
const inVain: Partial<Readonly<Record<VerdictState, string>>> = {
  "waiting-for-labels": "outcomes of the newest window have not arrived yet",
  "not-enough-data": "too few rows in the newest window",
  "not-checked": "nothing could be tested in the newest window; `homeostat monitor show` says why",
};

/** Whether a contract promises how old rows may be when they come. */
const promisesPunctuality = (rules: readonly ContractRule[]): boolean =>
  rules.some((rule) => rule.kind === "set" && (rule.measure.kind === "freshness" || rule.measure.kind === "latency"));

function contractAnswer(mode: FailureMode, { system, contract, appliedAt }: CoverageFacts): Answer {
  if (system.source.contract === undefined)
    return { kind: "untested", state: "not-checked", why: "the declaration was applied before contracts were kept" };
  if (mode === "late-data" && !promisesPunctuality(system.source.contract.rules))
    return { kind: "untested", state: "not-checked", why: "the contract promises neither freshness nor latency" };
  if (contract === undefined)
    return { kind: "untested", state: "not-checked", why: "no window was held to the contract yet" };
  const verdict: VerdictState =
    contract.critical > 0 ? "critical" : contract.warning > 0 || contract.isSlow ? "warning" : "healthy";
  return contract.passed + contract.critical + contract.warning + contract.info === 0
    ? { kind: "untested", state: "not-checked", why: "none of the contract's rules could be counted" }
    : { kind: "tested", since: appliedAt, verdict };
}
