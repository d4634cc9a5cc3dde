import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { refreshMs, slowRefreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** Every system under care, asked again every few seconds. */
export function useSystems(): UseQueryResult<Answer<"systems">> {
  return useQuery({
    queryKey: ["systems"],
    queryFn: ({ signal }) => server.call("systems", { signal }),
    refetchInterval: refreshMs,
  });
}

/** One system with its declaration's features and segments. */
export function useSystem(system: string): UseQueryResult<Answer<"system">> {
  return useQuery({
    queryKey: ["system", system],
    queryFn: ({ signal }) => server.call("system", { path: { system }, signal }),
    refetchInterval: refreshMs,
  });
}

const countsQuery = (system: string) => ({
  queryKey: ["counts", system],
  queryFn: ({ signal }: { signal: AbortSignal }) => server.call("counts", { path: { system }, signal }),
  refetchInterval: refreshMs,
});

/** Rows acknowledged, stored, repeated, joined, waiting, refused and not taken. */
export function useCounts(system: string): UseQueryResult<Answer<"counts">> {
  return useQuery(countsQuery(system));
}

/** The same of several systems, in the order asked. */
export function useAllCounts(systems: readonly string[]): readonly UseQueryResult<Answer<"counts">>[] {
  return useQueries({ queries: systems.map(countsQuery) });
}

/** Releases of a system, newest first. */
export function useReleases(system: string): UseQueryResult<Answer<"releases">> {
  return useQuery({
    queryKey: ["releases", system],
    queryFn: ({ signal }) => server.call("releases", { path: { system }, signal }),
    refetchInterval: slowRefreshMs,
  });
}
