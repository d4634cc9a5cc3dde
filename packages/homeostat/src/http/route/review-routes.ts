import type { Review, ReviewSummary } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import type { Review as StoredReview } from "../../domain/review/review.ts";
import { reviewSystem } from "../../service/learn/review-system.ts";
import { type Handlers, refused } from "../handler.ts";
import { markdownHtml } from "../markdown-html.ts";
import type { House } from "./house.ts";

/** Monthly health reviews. */
export function reviewHandlers(house: House): Pick<Handlers, "reviews" | "review" | "writeReview"> {
  return {
    reviews: async ({ query }) => ({
      kind: "ok",
      value: { items: (await house.reviews.list(query.system)).map(summaryOf) },
    }),
    review: async ({ path }) => {
      const found = await house.reviews.get(path.system, path.month);
      if (found === undefined)
        return refused("not-found", `There is no review of ${path.system} for ${path.month} yet.`);
      return { kind: "ok", value: reviewAnswer(found) };
    },
    writeReview: async ({ path, body, caller }) => {
      const outcome = await reviewSystem(house, path.system, body.month, caller.name);
      if (outcome.kind === "written") return { kind: "ok", value: reviewAnswer(outcome.review) };
      return refused(outcome.reason === "unknown-system" ? "unknown-system" : "malformed-body", outcome.message);
    },
  };
}

function summaryOf({ system, month, from, to, zone, writtenAt, by, headline }: StoredReview): ReviewSummary {
  return { system, month, from: isoOf(from), to: isoOf(to), zone, writtenAt: isoOf(writtenAt), by, headline };
}

function reviewAnswer(review: StoredReview): Review {
  return { ...summaryOf(review), markdown: review.markdown, html: markdownHtml(review.markdown) };
}
