import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { refreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** How the server itself is: parts, spool, gaps, clocks. */
export function useStatus(): UseQueryResult<Answer<"status">> {
  return useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => server.call("status", { signal }),
    refetchInterval: refreshMs,
  });
}
