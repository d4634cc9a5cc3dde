import { z } from "zod";
import { backupRequest, erasure, erasureRequest, retention } from "./keeping.ts";
import { job } from "./learning.ts";
import type { Route } from "./route-definition.ts";

/** Addresses about what is kept and for how long. */
export const keepingRoutes = {
  erase: {
    method: "POST",
    path: "/v1/systems/{system}/erase",
    scope: "admin",
    summary: "Erase one subject's rows: events, references, quarantine, datasets",
    body: erasureRequest,
    answer: erasure,
    status: 200,
  },
  erasures: {
    method: "GET",
    path: "/v1/systems/{system}/erasures",
    scope: "read",
    summary: "Erasures of a system, newest first",
    answer: z.object({ items: z.array(erasure) }),
    status: 200,
  },
  retention: {
    method: "GET",
    path: "/v1/systems/{system}/retention",
    scope: "read",
    summary: "What is kept of a system, by which rule, and what was dropped",
    answer: retention,
    status: 200,
  },
  createBackup: {
    method: "POST",
    path: "/v1/backups",
    scope: "admin",
    summary: "Write a backup of the running server into a folder on its machine",
    body: backupRequest,
    answer: job,
    status: 202,
  },
} as const satisfies Record<string, Route>;
