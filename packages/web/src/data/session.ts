import type { Session } from "@homeostat/protocol";
import { ProblemError } from "@homeostat/sdk";
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { server, serverForChanges } from "./server.ts";

/** Whether somebody is signed in on this browser. */
export type SessionState = { readonly kind: "signed-in"; readonly session: Session } | { readonly kind: "signed-out" };

export const sessionKey = ["session"] as const;
export const signedOut: SessionState = { kind: "signed-out" };

async function readSession(signal: AbortSignal): Promise<SessionState> {
  try {
    return { kind: "signed-in", session: await server.call("currentSession", { signal }) };
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 401) return signedOut;
    throw error;
  }
}

/** The present session. Not being signed in is a state, not an error. */
export function useSession(): UseQueryResult<SessionState> {
  return useQuery({ queryKey: sessionKey, queryFn: ({ signal }) => readSession(signal), staleTime: 60_000 });
}

/** Whether the session may change things, e.g. acknowledge or replay. */
export function useMayOperate(): boolean {
  const { data } = useSession();
  return data?.kind === "signed-in" && data.session.scopes.some((scope) => scope === "operate" || scope === "admin");
}

/** The token for changes, or null when nobody is signed in. */
export function useCsrfToken(): string | null {
  const { data } = useSession();
  return data?.kind === "signed-in" ? data.session.csrfToken : null;
}

/** Exchanges the token of a one-time link for a session. A token works once. */
export function useSignIn(): UseMutationResult<Session, Error, string> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => server.call("signIn", { body: { token } }),
    onSuccess: (session) => {
      const state: SessionState = { kind: "signed-in", session };
      cache.setQueryData(sessionKey, state);
    },
  });
}

/** Ends the session and forgets everything that was read with it. */
export function useSignOut(): UseMutationResult<null, Error, void> {
  const cache = useQueryClient();
  const token = useCsrfToken();
  return useMutation({
    mutationFn: () => serverForChanges(token ?? "").call("signOut"),
    onSuccess: () => {
      // Not `clear`: it would drop the session query that mounted parts listen to, and the pages would stay on screen.
      cache.setQueryData(sessionKey, signedOut);
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionKey[0] });
    },
  });
}
