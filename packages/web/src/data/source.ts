import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQueries, useQuery } from "@tanstack/react-query";
import { slowRefreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** How many of the newest windows of each system a list looks at, and how many one source shows. */
export const listedWindows = 7;
const shownWindows = 60;

/** Every source with the version of its contract that counts. */
export function useSources(): UseQueryResult<Answer<"sources">> {
  return useQuery({
    queryKey: ["sources"],
    queryFn: ({ signal }) => server.call("sources", { signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** One source: fields, rules, versions. */
export function useSource(source: string): UseQueryResult<Answer<"source">> {
  return useQuery({
    queryKey: ["source", source],
    queryFn: ({ signal }) => server.call("source", { path: { source }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

const windowsQuery = (source: string, last: number) => ({
  queryKey: ["source-windows", source, last],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    server.call("sourceWindows", { path: { source }, query: { last }, signal }),
  refetchInterval: slowRefreshMs,
});

/** The newest windows of every system that reads a source, held to its contract, and the last shipped batches. */
export function useSourceWindows(source: string): UseQueryResult<Answer<"sourceWindows">> {
  return useQuery(windowsQuery(source, shownWindows));
}

/** The same of several sources, a few windows each, in the order asked. */
export function useRecentWindows(sources: readonly string[]): readonly UseQueryResult<Answer<"sourceWindows">>[] {
  return useQueries({ queries: sources.map((source) => windowsQuery(source, listedWindows)) });
}
