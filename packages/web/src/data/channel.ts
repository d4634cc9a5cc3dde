import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { refreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** Ways to tell people, with their state. */
export function useChannels(): UseQueryResult<Answer<"channels">> {
  return useQuery({
    queryKey: ["channels"],
    queryFn: ({ signal }) => server.call("channels", { signal }),
    refetchInterval: refreshMs,
  });
}
