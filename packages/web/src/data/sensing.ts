import type { Answer, Query, SloDetail } from "@homeostat/protocol";
import { type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { refreshMs, slowRefreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** Part of event time; both ends open when absent. */
export interface Range {
  readonly from: string | null;
  readonly to: string | null;
}

/** `origin=LAX`, `*` for every segment, null for all rows. */
export type SegmentChoice = string | null;

const queryOf = (range: Range, segment: SegmentChoice): Query<"drift"> => ({
  ...(range.from === null ? {} : { from: range.from }),
  ...(range.to === null ? {} : { to: range.to }),
  ...(segment === null ? {} : { segment }),
});

/** Every objective of a system, with its budget over time. */
export function useObjectives(system: string): UseQueryResult<readonly SloDetail[]> {
  return useQuery({
    queryKey: ["objectives", system],
    queryFn: async ({ signal }) => {
      const { items } = await server.call("slos", { path: { system }, signal });
      return Promise.all(items.map(({ name }) => server.call("slo", { path: { system, slo: name }, signal })));
    },
    refetchInterval: slowRefreshMs,
  });
}

/** Every window of a system with its counts and verdict. */
export function useWindows(system: string): UseQueryResult<Answer<"windows">> {
  return useQuery({
    queryKey: ["windows", system],
    queryFn: ({ signal }) => server.call("windows", { path: { system }, signal }),
    refetchInterval: refreshMs,
  });
}

/** PSI of every feature in one segment, window by window. Waits while `range` is null. */
export function useDrift(system: string, range: Range | null, segment: SegmentChoice): UseQueryResult<Answer<"drift">> {
  return useQuery({
    queryKey: ["drift", system, range, segment],
    queryFn: ({ signal }) =>
      server.call("drift", { path: { system }, query: queryOf(range ?? { from: null, to: null }, segment), signal }),
    enabled: range !== null,
    refetchInterval: slowRefreshMs,
  });
}

const performanceQuery = (system: string, range: Range | null, segment: SegmentChoice) => ({
  queryKey: ["performance", system, range, segment],
  queryFn: ({ signal }: { readonly signal: AbortSignal }): Promise<Answer<"performance">> =>
    server.call("performance", {
      path: { system },
      query: queryOf(range ?? { from: null, to: null }, segment),
      signal,
    }),
  enabled: range !== null,
  refetchInterval: slowRefreshMs,
});

/** Performance in one choice of segments. Waits while `range` is null. */
export function usePerformance(
  system: string,
  range: Range | null,
  segment: SegmentChoice,
): UseQueryResult<Answer<"performance">> {
  return useQuery(performanceQuery(system, range, segment));
}

/** Performance of several segments at once, one request each, in the order asked. */
export function usePerformances(
  system: string,
  range: Range | null,
  segments: readonly SegmentChoice[],
): readonly UseQueryResult<Answer<"performance">>[] {
  return useQueries({ queries: segments.map((segment) => performanceQuery(system, range, segment)) });
}

/** Estimates without labels of one choice of segments. Waits while `range` is null. */
export function useEstimates(
  system: string,
  range: Range | null,
  segment: SegmentChoice,
): UseQueryResult<Answer<"estimates">> {
  return useQuery({
    queryKey: ["estimates", system, range, segment],
    queryFn: ({ signal }) =>
      server.call("estimates", {
        path: { system },
        query: queryOf(range ?? { from: null, to: null }, segment),
        signal,
      }),
    enabled: range !== null,
    refetchInterval: slowRefreshMs,
  });
}

/** Findings of every segment in a range, newest first. Waits while `range` is null. */
export function useFindings(system: string, range: Range | null): UseQueryResult<Answer<"findings">> {
  return useQuery({
    queryKey: ["findings", system, range],
    queryFn: ({ signal }) =>
      server.call("findings", { path: { system }, query: queryOf(range ?? { from: null, to: null }, "*"), signal }),
    enabled: range !== null,
    refetchInterval: slowRefreshMs,
  });
}

/** Label coverage and lag of all rows in a range. Waits while `range` is null. */
export function useLabels(system: string, range: Range | null): UseQueryResult<Answer<"labels">> {
  return useQuery({
    queryKey: ["labels", system, range],
    queryFn: ({ signal }) =>
      server.call("labels", { path: { system }, query: queryOf(range ?? { from: null, to: null }, null), signal }),
    enabled: range !== null,
    refetchInterval: slowRefreshMs,
  });
}

/** Business metrics and feedback of all rows, window by window. Waits while `range` is null. */
export function useOutcomes(system: string, range: Range | null): UseQueryResult<Answer<"outcomes">> {
  return useQuery({
    queryKey: ["outcomes", system, range],
    queryFn: ({ signal }) =>
      server.call("outcomes", { path: { system }, query: queryOf(range ?? { from: null, to: null }, null), signal }),
    enabled: range !== null,
    refetchInterval: slowRefreshMs,
  });
}
