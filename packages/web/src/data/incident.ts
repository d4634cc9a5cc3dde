import type { Answer, IncidentDetail } from "@homeostat/protocol";
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { refreshMs } from "./query-client.ts";
import { server, serverForChanges } from "./server.ts";
import { useCsrfToken } from "./session.ts";

/** What a person can do to an incident. */
export interface IncidentAct {
  readonly act: "acknowledge" | "resolve";
  readonly note: string;
}

/** Incidents of one system, or of all when null; newest first. */
export function useIncidents(system: string | null): UseQueryResult<Answer<"incidents">> {
  return useQuery({
    queryKey: ["incidents", system],
    queryFn: ({ signal }) => server.call("incidents", { query: system === null ? {} : { system }, signal }),
    refetchInterval: refreshMs,
  });
}

/** One incident with its evidence and diagnosis. */
export function useIncident(number: string): UseQueryResult<IncidentDetail> {
  return useQuery({
    queryKey: ["incident", number],
    queryFn: ({ signal }) => server.call("incident", { path: { number }, signal }),
    refetchInterval: refreshMs,
  });
}

/** Acknowledges or resolves an incident; the answer replaces what is shown. */
export function useIncidentAct(number: string): UseMutationResult<IncidentDetail, Error, IncidentAct> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: ({ act, note }: IncidentAct) =>
      serverForChanges(token ?? "").call(act, { path: { number }, body: note.trim() === "" ? {} : { note } }),
    onSuccess: async (incident) => {
      cache.setQueryData(["incident", number], incident);
      await cache.invalidateQueries({ queryKey: ["incidents"] });
    },
  });
}
