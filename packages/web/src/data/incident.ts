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

/** What else a person can do to an incident. */
export type IncidentDeed =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "assign"; readonly owner: string; readonly note: string }
  | { readonly kind: "false-alarm"; readonly reason: string }
  | { readonly kind: "cause"; readonly change?: string; readonly component?: string; readonly note: string };

function sendDeed(token: string, number: string, deed: IncidentDeed): Promise<IncidentDetail> {
  const client = serverForChanges(token);
  const path = { number };
  switch (deed.kind) {
    case "note":
      return client.call("noteIncident", { path, body: { text: deed.text } });
    case "assign":
      return client.call("assignIncident", { path, body: { owner: deed.owner, note: deed.note } });
    case "false-alarm":
      return client.call("markFalseAlarm", { path, body: { reason: deed.reason } });
    case "cause": {
      const { kind: _, ...body } = deed;
      return client.call("linkCause", { path, body });
    }
  }
}

/** Notes, assigns, marks as false or links a cause; the answer replaces what is shown. */
export function useIncidentDeed(number: string): UseMutationResult<IncidentDetail, Error, IncidentDeed> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: (deed: IncidentDeed) => sendDeed(token ?? "", number, deed),
    onSuccess: async (incident) => {
      cache.setQueryData(["incident", number], incident);
      await cache.invalidateQueries({ queryKey: ["incidents"] });
    },
  });
}
