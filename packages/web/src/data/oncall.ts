import type { Answer, Body, LinkedIncident, SilenceAnswer } from "@homeostat/protocol";
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { refreshMs, slowRefreshMs } from "./query-client.ts";
import { server, serverForChanges } from "./server.ts";
import { useCsrfToken } from "./session.ts";

/** Every schedule with who is on call now. */
export function useSchedules(): UseQueryResult<Answer<"schedules">> {
  return useQuery({
    queryKey: ["schedules"],
    queryFn: ({ signal }) => server.call("schedules", { signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** One schedule over a stretch of time. */
export function useCalendar(schedule: string, from: string, to: string): UseQueryResult<Answer<"schedule">> {
  return useQuery({
    queryKey: ["calendar", schedule, from, to],
    queryFn: ({ signal }) => server.call("schedule", { path: { schedule }, query: { from, to }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** How far telling about an incident has come. */
export function useEscalations(number: number): UseQueryResult<Answer<"escalations">> {
  return useQuery({
    queryKey: ["escalations", number],
    queryFn: ({ signal }) => server.call("escalations", { path: { number }, signal }),
    refetchInterval: refreshMs,
  });
}

const silencesKey = ["silences"] as const;

/** Silences, newest first. */
export function useSilences(): UseQueryResult<Answer<"silences">> {
  return useQuery({
    queryKey: silencesKey,
    queryFn: ({ signal }) => server.call("silences", { query: {}, signal }),
    refetchInterval: refreshMs,
  });
}

/** Silences alerts. */
export function useAddSilence(): UseMutationResult<SilenceAnswer, Error, Body<"addSilence">> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: (body: Body<"addSilence">) => serverForChanges(token ?? "").call("addSilence", { body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: silencesKey }),
  });
}

/** Ends a silence now. */
export function useExpireSilence(): UseMutationResult<SilenceAnswer, Error, string> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: (silence: string) => serverForChanges(token ?? "").call("expireSilence", { path: { silence } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: silencesKey }),
  });
}

/** What the link in a message would do. Looking changes nothing. */
export function useLinkedIncident(token: string): UseQueryResult<LinkedIncident> {
  return useQuery({
    queryKey: ["link", token],
    queryFn: ({ signal }) => server.call("readLink", { body: { token }, signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Acknowledges by the link in a message. */
export function useUseLink(): UseMutationResult<LinkedIncident, Error, string> {
  return useMutation({ mutationFn: (token: string) => server.call("useLink", { body: { token } }) });
}
