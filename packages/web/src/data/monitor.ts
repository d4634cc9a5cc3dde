import type { Answer } from "@homeostat/protocol";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { slowRefreshMs } from "./query-client.ts";
import { server } from "./server.ts";

/** Every monitor of a system with its verdict on the newest window, and the alarm budget. */
export function useMonitors(system: string): UseQueryResult<Answer<"monitors">> {
  return useQuery({
    queryKey: ["monitors", system],
    queryFn: ({ signal }) => server.call("monitors", { path: { system }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** What one monitor says of every series of the newest window, worst first. */
export function useMonitor(system: string, monitor: string): UseQueryResult<Answer<"monitor">> {
  return useQuery({
    queryKey: ["monitor", system, monitor],
    queryFn: ({ signal }) => server.call("monitor", { path: { system, monitor }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** The coverage map. */
export function useCoverage(system: string): UseQueryResult<Answer<"coverage">> {
  return useQuery({
    queryKey: ["coverage", system],
    queryFn: ({ signal }) => server.call("coverage", { path: { system }, signal }),
    refetchInterval: slowRefreshMs,
  });
}
