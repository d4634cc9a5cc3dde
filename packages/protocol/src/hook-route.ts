import { z } from "zod";
import {
  createdHook,
  hook,
  hookDelivery,
  hookReceipt,
  hookRequest,
  pagerDutyChange,
  pagerDutyReceipt,
} from "./hook.ts";
import type { Route } from "./route-definition.ts";

/** Addresses by which the deploys of others become changes. */
export const hookRoutes = {
  hooks: {
    method: "GET",
    path: "/v1/hooks",
    scope: "operate",
    summary: "Hooks that take in change events",
    answer: z.object({ items: z.array(hook) }),
    status: 200,
  },
  createHook: {
    method: "POST",
    path: "/v1/hooks",
    scope: "admin",
    summary: "Make a hook for deploy events of GitHub, GitLab, senders to PagerDuty, or Standard Webhooks",
    body: hookRequest,
    answer: createdHook,
    status: 201,
  },
  revokeHook: {
    method: "DELETE",
    path: "/v1/hooks/{hook}",
    scope: "admin",
    summary: "Revoke a hook at once",
    answer: hook,
    status: 200,
  },
  deliverHook: {
    method: "POST",
    path: "/v1/hooks/{hook}",
    scope: "none",
    summary: "Deliver a signed event; the signature is the credential",
    body: hookDelivery,
    answer: hookReceipt,
    status: 202,
  },
  enqueueChange: {
    method: "POST",
    path: "/v2/change/enqueue",
    scope: "none",
    summary: "Deliver a change event as to PagerDuty; the routing key is the credential",
    body: pagerDutyChange,
    answer: pagerDutyReceipt,
    status: 202,
  },
} as const satisfies Record<string, Route>;
