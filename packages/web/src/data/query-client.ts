import { ProblemError } from "@homeostat/sdk";
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { sessionKey, signedOut } from "./session.ts";

/** How often an open page asks again, for answers of a few kilobytes. */
export const refreshMs = 5_000;
/** The same for ranges over many windows. */
export const slowRefreshMs = 15_000;

/** A refusal stays a refusal; only silence and faults of the server are worth another try. */
const worthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 && !(error instanceof ProblemError && error.problem.status < 500);

/** The cache behind every page. A 401 anywhere ends the session for the whole page. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ProblemError && error.problem.status === 401) client.setQueryData(sessionKey, signedOut);
      },
    }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 2_000 } },
  });
  return client;
}
