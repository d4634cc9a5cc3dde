import type { Change } from "../change/change.ts";
import { consumersOf } from "../contract/consumers.ts";
import { type ContractChange, diffContracts } from "../contract/diff-contracts.ts";
import type { Instant } from "../instant.ts";
import type { ComponentName, LineageEdge } from "../lineage/lineage.ts";
import type { Model } from "../model/model-store.ts";
import type { StatesSeen } from "../prediction/prediction-log.ts";
import type { Release } from "../release/release.ts";
import { type StoredSystem, type System, versionAt } from "../system/system.ts";

type StatePart =
  | "release"
  | "model"
  | "dataset"
  | "baseline"
  | "pipeline"
  | "feature"
  | "field"
  | "contract"
  | "declaration";

/** Something the answers depended on that is not what it was. */
interface StateEntry {
  readonly part: StatePart;
  readonly what: string;
  /** undefined: there was none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** When it last changed in between; undefined: not known. */
  readonly changedAt: Instant | undefined;
}

/** A value of the state that predictions were made with, and its share of them in two stretches. */
interface StateShift {
  readonly key: string;
  readonly value: string;
  readonly kind: "new" | "gone" | "share";
  readonly shareBefore: number;
  readonly shareAfter: number;
  /** First prediction with it; undefined where it is gone. */
  readonly first: Instant | undefined;
}

export interface StateDifference {
  readonly entries: readonly StateEntry[];
  /** What the source promises otherwise than it did, breaking changes first. */
  readonly contractChanges: readonly ContractChange[];
  readonly shifts: readonly StateShift[];
  /** The change log in between, where it concerns what the answers depended on; oldest first. */
  readonly changes: readonly Change[];
  /** Logged changes in between of components that are not upstream of the system. */
  readonly changesElsewhere: number;
}

export interface StateQuestion {
  readonly from: Instant;
  readonly to: Instant;
  /** Every declaration ever, oldest first. */
  readonly versions: readonly StoredSystem[];
  readonly releases: readonly Release[];
  /** Edges into the system, ended ones too. */
  readonly feeds: readonly LineageEdge[];
  readonly models: readonly Model[];
  readonly changes: readonly Change[];
  /** Components upstream of the system, itself included. */
  readonly upstream: ReadonlySet<ComponentName>;
  readonly seen: StatesSeen | undefined;
}

/** A share that moved by less is how a day differs from a day. */
const materialShift = 0.05;
const longestText = 200;

/** What changed between two times of everything the answers depended on. Pure; cost: O(versions + changes + values). */
export function diffState(question: StateQuestion): StateDifference {
  const { from, to, changes, upstream, seen } = question;
  const between = changes.filter((change) => change.time >= from && change.time < to && change.kind !== "training");
  const concerning = between.filter((change) => isUpstream(change, upstream));
  return {
    entries: [...releaseEntries(question), ...declaredEntries(question)],
    contractChanges: contractChangesOf(question),
    shifts: seen === undefined ? [] : shiftsOf(seen),
    changes: concerning,
    changesElsewhere: between.length - concerning.length,
  };
}

/** Changes of a pipeline or release may name the system in place of a version. */
function isUpstream({ component }: Change, upstream: ReadonlySet<ComponentName>): boolean {
  const name = component.slice(component.indexOf(":") + 1);
  return upstream.has(component) || upstream.has(`system:${name}`);
}

/** The live release then: lineage knows its history, releases from before lineage know their last stretch. */
function liveAt({ feeds, releases }: StateQuestion, at: Instant): Release | undefined {
  const fed = feeds.find(
    (edge) => edge.from.startsWith("release:") && edge.since <= at && (edge.until === undefined || edge.until > at),
  );
  const id = fed?.from.slice(fed.from.indexOf("/") + 1);
  if (id !== undefined) return releases.find((release) => release.id === id);
  return releases.find(
    ({ liveSince, retiredAt }) =>
      liveSince !== undefined && liveSince <= at && (retiredAt ?? Number.POSITIVE_INFINITY) > at,
  );
}

function releaseEntries(question: StateQuestion): readonly StateEntry[] {
  const { from, to, feeds, models } = question;
  const [before, after] = [liveAt(question, from), liveAt(question, to)];
  const inBetween = feeds.filter((edge) => edge.from.startsWith("release:") && edge.since > from && edge.since <= to);
  const changedAt = inBetween.at(-1)?.since ?? after?.liveSince;
  const datasetOf = (release: Release | undefined): string | undefined =>
    models.find((model) => model.version === release?.model)?.dataset;
  const pairs: readonly (readonly [StatePart, string | undefined, string | undefined])[] = [
    ["release", before?.id, after?.id],
    ["model", before?.model, after?.model],
    ["dataset", datasetOf(before), datasetOf(after)],
    ["baseline", before?.baseline, after?.baseline],
    ["pipeline", before?.pipeline, after?.pipeline],
  ];
  const entries = pairs
    .filter(([, was, is]) => was !== is)
    .map(([part, was, is]) => ({ part, what: `${part} that answers`, before: was, after: is, changedAt }));
  // Back to the same release after others is a change too: what answered in between was another one.
  const returned = entries.length === 0 && inBetween.length > 0 && after !== undefined;
  if (!returned) return entries;
  const what = `release that answers, back after ${inBetween.length - 1} in between`;
  return [{ part: "release", what, before: before?.id, after: after.id, changedAt }];
}

function declaredEntries({ from, to, versions }: StateQuestion): readonly StateEntry[] {
  const [before, after] = [versionAt(versions, from)?.system, versionAt(versions, to)?.system];
  if (after === undefined) return [];
  const inBetween = versions.filter((version) => version.appliedAt > from && version.appliedAt <= to);
  const was = before === undefined ? new Map<string, Declared>() : declaredOf(before);
  const is = declaredOf(after);
  if (before === undefined) {
    const changedAt = inBetween[0]?.appliedAt;
    return [{ part: "declaration", what: "the system", before: undefined, after: "declared", changedAt }];
  }
  const keys = [...new Set([...was.keys(), ...is.keys()])];
  return keys.flatMap((key): StateEntry[] => {
    const [old, now] = [was.get(key), is.get(key)];
    if (old?.text === now?.text) return [];
    const { part, what } = (now ?? old) as Declared;
    return [
      {
        part,
        what,
        before: old && shortened(old.text),
        after: now && shortened(now.text),
        changedAt: lastChange(key, before, inBetween),
      },
    ];
  });
}

function contractChangesOf({ from, to, versions }: StateQuestion): readonly ContractChange[] {
  const [before, after] = [versionAt(versions, from)?.system, versionAt(versions, to)?.system];
  const [old, now] = [before?.source.contract, after?.source.contract];
  if (after === undefined || old === undefined || now === undefined) return [];
  return diffContracts(old, now, consumersOf(after.source.contractId, [after]));
}

interface Declared {
  readonly part: StatePart;
  readonly what: string;
  readonly text: string;
}

/** When a part last became what it is. */
function lastChange(key: string, before: System, versions: readonly StoredSystem[]): Instant | undefined {
  let text = declaredOf(before).get(key)?.text;
  let at: Instant | undefined;
  for (const { system, appliedAt } of versions) {
    const now = declaredOf(system).get(key)?.text;
    if (now !== text) at = appliedAt;
    text = now;
  }
  return at;
}

const apart: ReadonlySet<string> = new Set(["name", "pipeline", "source"]);

/** A declaration as parts that can be compared: features and fields one by one, everything else by its key. */
function declaredOf(system: System): ReadonlyMap<string, Declared> {
  const parts = new Map<string, Declared>();
  const add = (part: StatePart, what: string, text: string): void =>
    void parts.set(`${part} ${what}`, { part, what, text });
  const { source, pipeline } = system;
  add("contract", source.component, `${source.contractId} ${source.contractVersion}`);
  for (const field of pipeline.inputs) add("field", field.name, `${field.type}${field.required ? ", required" : ""}`);
  for (const feature of pipeline.features) add("feature", feature.name, `${feature.type}: ${feature.expression}`);
  for (const [key, value] of Object.entries(system)) if (!apart.has(key)) add("declaration", key, textOf(value));
  return parts;
}

/** Texts are compared whole and shown short. */
const shortened = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** JSON with sorted keys: a store may give the keys of an object back in another order. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const text = JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
  return text ?? "undefined";
}

/** The release, model and pipeline that answered are entries of their own where Homeostat served them. */
function shiftsOf({ rowsBefore, rowsAfter, values }: StatesSeen): readonly StateShift[] {
  if (rowsBefore === 0 || rowsAfter === 0) return [];
  return values.flatMap(({ key, value, before, after, first }): StateShift[] => {
    if (value === "" || (before === 0 && after === 0)) return [];
    const [shareBefore, shareAfter] = [before / rowsBefore, after / rowsAfter];
    const kind = before === 0 ? "new" : after === 0 ? "gone" : "share";
    if (kind === "share" && Math.abs(shareAfter - shareBefore) < materialShift) return [];
    return [{ key, value, kind, shareBefore, shareAfter, first: kind === "new" ? first : undefined }];
  });
}
