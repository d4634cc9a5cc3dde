import { z } from "zod";
import type { Scope } from "./access.ts";

/** One address of the API. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** `{name}` marks a path parameter. */
  readonly path: string;
  readonly scope: Scope | "none";
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Media types besides application/json, each a batch of the body's rows. */
  readonly bodyTypes?: readonly string[];
  /** The answer is a file of one of these media types; `answer` is what stands beside it. */
  readonly download?: readonly string[];
  readonly answer: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
}

/** An answer that is a list of items. */
export const list = <T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T> }> =>
  z.object({ items: z.array(item) });
