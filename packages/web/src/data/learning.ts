import type { ActionRun, Answer, Postmortem, Review } from "@homeostat/protocol";
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

/** Past incidents like one. */
export function useSimilarIncidents(number: string): UseQueryResult<Answer<"similarIncidents">> {
  return useQuery({
    queryKey: ["similar", number],
    queryFn: ({ signal }) => server.call("similarIncidents", { path: { number }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** What was done about an incident by rule. */
export function useActions(incident: number): UseQueryResult<Answer<"actions">> {
  return useQuery({
    queryKey: ["actions", incident],
    queryFn: ({ signal }) => server.call("actions", { query: { incident }, signal }),
    refetchInterval: refreshMs,
  });
}

/** Approves or rejects what waits; the lists are asked again. */
export function useDecision(
  number: string,
): UseMutationResult<ActionRun, Error, { readonly action: string; readonly word: "approve" | "reject" }> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: ({ action, word }) =>
      serverForChanges(token ?? "").call(word === "approve" ? "approveAction" : "rejectAction", {
        path: { number, action },
      }),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: ["actions", Number(number)] });
      await cache.invalidateQueries({ queryKey: ["incident", number] });
    },
  });
}

/** The postmortem of an incident; null when there is none yet. */
export function usePostmortem(number: string): UseQueryResult<Postmortem | null> {
  return useQuery({
    queryKey: ["postmortem", number],
    queryFn: async ({ signal }): Promise<Postmortem | null> => {
      const { items } = await server.call("postmortems", { query: { incident: Number(number) }, signal });
      return items.length === 0 ? null : server.call("postmortem", { path: { number }, signal });
    },
  });
}

export type PostmortemAct =
  | { readonly kind: "draft" }
  | { readonly kind: "publish" }
  | { readonly kind: "edit"; readonly markdown: string; readonly basedOn: number };

/** Drafts, edits or publishes; the answer replaces what is shown. */
export function usePostmortemAct(number: string): UseMutationResult<Postmortem, Error, PostmortemAct> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: (act: PostmortemAct) => {
      const client = serverForChanges(token ?? "");
      const path = { number };
      if (act.kind === "draft") return client.call("draftPostmortem", { path, body: {} });
      if (act.kind === "publish") return client.call("publishPostmortem", { path });
      return client.call("editPostmortem", { path, body: { markdown: act.markdown, basedOn: act.basedOn } });
    },
    onSuccess: (kept) => cache.setQueryData(["postmortem", number], kept),
  });
}

/** Health reviews of all systems, newest month first. */
export function useReviews(system: string | null): UseQueryResult<Answer<"reviews">> {
  return useQuery({
    queryKey: ["reviews", system],
    queryFn: ({ signal }) => server.call("reviews", { query: system === null ? {} : { system }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

/** One health review. */
export function useReview(system: string, month: string): UseQueryResult<Review> {
  return useQuery({
    queryKey: ["review", system, month],
    queryFn: ({ signal }) => server.call("review", { path: { system, month }, signal }),
  });
}
