import type { Answer, DatasetCheck, Job } from "@homeostat/protocol";
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { slowRefreshMs } from "./query-client.ts";
import { server, serverForChanges } from "./server.ts";
import { useCsrfToken } from "./session.ts";

/** Datasets of several systems, in the order asked. */
export function useDatasets(systems: readonly string[]): readonly UseQueryResult<Answer<"datasets">>[] {
  return useQueries({
    queries: systems.map((system) => ({
      queryKey: ["datasets", system],
      queryFn: ({ signal }: { signal: AbortSignal }) => server.call("datasets", { path: { system }, signal }),
      refetchInterval: slowRefreshMs,
    })),
  });
}

/** One dataset with all that its manifest says. */
export function useDataset(system: string, dataset: string): UseQueryResult<Answer<"dataset">> {
  return useQuery({
    queryKey: ["dataset", system, dataset],
    queryFn: ({ signal }) => server.call("dataset", { path: { system, dataset }, signal }),
    refetchInterval: slowRefreshMs,
  });
}

const askMs = 500;

async function whenDone(job: Job): Promise<DatasetCheck> {
  let now = job;
  while (now.state === "waiting" || now.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, askMs));
    now = await server.call("job", { path: { job: job.id } });
  }
  if (now.state === "failed") throw new Error(now.error ?? "the job failed");
  return now.result as DatasetCheck;
}

/** When a check that was asked for from this browser ended, and what it found. */
interface Verified {
  readonly at: string;
  readonly check: DatasetCheck;
}

const verifiedKey = (dataset: string): readonly string[] => ["dataset-verified", dataset];

/** What the last check from this page found; undefined until there was one. The server keeps no check. */
export function useVerified(dataset: string): Verified | undefined {
  const query = useQuery<Verified | null>({
    queryKey: verifiedKey(dataset),
    queryFn: () => null,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return query.data ?? undefined;
}

/** Reads every part of a dataset again, as a job, and waits for its end. */
export function useVerify(system: string, dataset: string): UseMutationResult<Verified, Error, void> {
  const cache = useQueryClient();
  const client = serverForChanges(useCsrfToken() ?? "");
  return useMutation({
    mutationFn: async (): Promise<Verified> => {
      const check = await whenDone(await client.call("verifyDataset", { path: { system, dataset } }));
      return { at: new Date().toISOString(), check };
    },
    onSuccess: (verified) => cache.setQueryData(verifiedKey(dataset), verified),
  });
}
