import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { slowRefreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** The change log as it concerns one system. */
export function useChanges(system: string): UseQueryResult<Answer<"changes">> {
  return useQuery({
    queryKey: ["changes", system],
    queryFn: ({ signal }) => server.call("changes", { query: { system }, signal }),
    refetchInterval: slowRefreshMs,
  });
}
