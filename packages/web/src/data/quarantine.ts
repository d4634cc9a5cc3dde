import type { Answer, QuarantineFixed, QuarantineReplayed, QuarantineSummary } from "@homeostat/protocol";
import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { refreshMs } from "./query-client.ts";
import { server, serverForChanges } from "./server.ts";
import { useCsrfToken } from "./session.ts";

/** Which rows are looked for; null stands for "any". */
export interface QuarantineFilter {
  readonly state: QuarantineSummary["state"];
  readonly reason: QuarantineSummary["reason"] | null;
  readonly text: string;
}

/** How many rows of each system are shown. */
export const shownRows = 100;

/** Rows in quarantine of several systems, in the order asked. What was found before stays while a new question runs. */
export function useQuarantines(
  systems: readonly string[],
  filter: QuarantineFilter,
): readonly UseQueryResult<Answer<"quarantine">>[] {
  const query = {
    state: filter.state,
    limit: shownRows,
    ...(filter.reason === null ? {} : { reason: filter.reason }),
    ...(filter.text === "" ? {} : { text: filter.text }),
  };
  return useQueries({
    queries: systems.map((system) => ({
      queryKey: ["quarantine", system, query],
      queryFn: ({ signal }: { signal: AbortSignal }) => server.call("quarantine", { path: { system }, query, signal }),
      placeholderData: keepPreviousData,
      refetchInterval: refreshMs,
    })),
  });
}

/** One row with its payload. Not asked again by itself: somebody may be editing it. */
export function useQuarantineEntry(system: string, entry: string): UseQueryResult<Answer<"quarantineEntry">> {
  return useQuery({
    queryKey: ["quarantine-entry", system, entry],
    queryFn: ({ signal }) => server.call("quarantineEntry", { path: { system, entry }, signal }),
    refetchOnWindowFocus: false,
  });
}

/** Rows chosen, by the system they were meant for. */
export type ChosenRows = ReadonlyMap<string, readonly string[]>;

export interface QuarantineAct {
  readonly act: "replay" | "discard";
  readonly rows: ChosenRows;
}

/** What became of the chosen rows. */
export interface QuarantineActed {
  readonly act: "replay" | "discard";
  readonly done: number;
  readonly alreadyClosed: number;
  /** Some of the rows that were refused again, and how many there are. */
  readonly refused: QuarantineReplayed["refused"];
  readonly refusedCount: number;
}

/** Replays or discards rows, system by system. `onDone` hears what became of them. */
export function useQuarantineAct(
  onDone: (acted: QuarantineActed) => void,
): UseMutationResult<QuarantineActed, Error, QuarantineAct> {
  const cache = useQueryClient();
  const client = serverForChanges(useCsrfToken() ?? "");
  return useMutation({
    mutationFn: async ({ act, rows }: QuarantineAct): Promise<QuarantineActed> => {
      let acted: QuarantineActed = { act, done: 0, alreadyClosed: 0, refused: [], refusedCount: 0 };
      for (const [system, ids] of rows) {
        const parts = { path: { system }, body: { ids: [...ids] } };
        if (act === "discard") {
          const { discarded, alreadyClosed } = await client.call("discardQuarantined", parts);
          acted = { ...acted, done: acted.done + discarded, alreadyClosed: acted.alreadyClosed + alreadyClosed };
        } else {
          const { replayed, refused, refusedCount, alreadyClosed } = await client.call("replayQuarantined", parts);
          acted = {
            ...acted,
            done: acted.done + replayed,
            alreadyClosed: acted.alreadyClosed + alreadyClosed,
            refused: [...acted.refused, ...refused],
            refusedCount: acted.refusedCount + refusedCount,
          };
        }
      }
      return acted;
    },
    onSuccess: onDone,
    onSettled: async () => {
      await Promise.all(
        ["quarantine", "quarantine-entry", "counts"].map((queryKey) =>
          cache.invalidateQueries({ queryKey: [queryKey] }),
        ),
      );
    },
  });
}

/** Gives a row another payload; the answer says what would still be wrong with it. */
export function useQuarantineFix(system: string, entry: string): UseMutationResult<QuarantineFixed, Error, string> {
  const cache = useQueryClient();
  const client = serverForChanges(useCsrfToken() ?? "");
  return useMutation({
    mutationFn: (payload: string) => client.call("fixQuarantined", { path: { system, entry }, body: { payload } }),
    onSuccess: async (fixed) => {
      cache.setQueryData(["quarantine-entry", system, entry], fixed.entry);
      await cache.invalidateQueries({ queryKey: ["quarantine"] });
    },
  });
}
