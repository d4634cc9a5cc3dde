import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { slowRefreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** What a component is made from and what is made from it. */
export function useLineage(node: string): UseQueryResult<Answer<"lineage">> {
  return useQuery({
    queryKey: ["lineage", node],
    queryFn: ({ signal }) => server.call("lineage", { query: { node, direction: "both" }, signal }),
    refetchInterval: slowRefreshMs,
  });
}
