import { z } from "zod";
import { review, reviewRequest, reviewSummary } from "./review.ts";
import { list, type Route } from "./route-definition.ts";

/** Addresses about monthly health reviews. */
export const reviewRoutes = {
  reviews: {
    method: "GET",
    path: "/v1/reviews",
    scope: "read",
    summary: "Health reviews, newest month first",
    query: z.object({ system: z.string().optional() }),
    answer: list(reviewSummary),
    status: 200,
  },
  writeReview: {
    method: "POST",
    path: "/v1/systems/{system}/reviews",
    scope: "operate",
    summary: "Write the health review of a month now; it takes the place of an older one",
    body: reviewRequest,
    answer: review,
    status: 200,
  },
  review: {
    method: "GET",
    path: "/v1/systems/{system}/reviews/{month}",
    scope: "read",
    summary: "One health review",
    answer: review,
    status: 200,
  },
} as const satisfies Record<string, Route>;
