import { z } from "zod";
import {
  quarantineEntry,
  quarantineFilter,
  quarantineFix,
  quarantineFixed,
  quarantineList,
  quarantineReplayed,
  quarantineSelection,
} from "./quarantine.ts";

/** Addresses about rows that could not be stored. */
export const quarantineRoutes = {
  quarantine: {
    method: "GET",
    path: "/v1/systems/{system}/quarantine",
    scope: "read",
    summary: "Rows that were sent and could not be stored",
    query: quarantineFilter,
    answer: quarantineList,
    status: 200,
  },
  quarantineEntry: {
    method: "GET",
    path: "/v1/systems/{system}/quarantine/{entry}",
    scope: "read",
    summary: "One row in quarantine with its payload",
    answer: quarantineEntry,
    status: 200,
  },
  fixQuarantined: {
    method: "POST",
    path: "/v1/systems/{system}/quarantine/{entry}/fix",
    scope: "operate",
    summary: "Edit a row in quarantine",
    body: quarantineFix,
    answer: quarantineFixed,
    status: 200,
  },
  replayQuarantined: {
    method: "POST",
    path: "/v1/systems/{system}/quarantine/replay",
    scope: "operate",
    summary: "Send rows in quarantine through the door again",
    body: quarantineSelection,
    answer: quarantineReplayed,
    status: 200,
  },
  discardQuarantined: {
    method: "POST",
    path: "/v1/systems/{system}/quarantine/discard",
    scope: "operate",
    summary: "Give up rows in quarantine",
    body: quarantineSelection,
    answer: z.object({ discarded: z.int(), alreadyClosed: z.int() }),
    status: 200,
  },
} as const;
