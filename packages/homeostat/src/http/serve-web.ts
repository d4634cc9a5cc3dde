import { basename, extname, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Addresses of the API: never answered with a page. */
function isApiPath(path: string): boolean {
  return /^\/(?:v1|health)(?:\/|$)/.test(path);
}

const yearSeconds = 31_536_000;

/** Files under `assets` carry a digest in their name and never change; everything else is asked for anew each time. */
function cacheControlOf(path: string): string {
  return path.includes(`${sep}assets${sep}`) ? `public, max-age=${yearSeconds}, immutable` : "no-cache";
}

/** Serves the built page from a folder. Dot files are not served. */
export async function serveWeb(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    dotfiles: "ignore",
    cacheControl: false,
    setHeaders: (response, path) => {
      response.setHeader("cache-control", cacheControlOf(path));
    },
  });
}

/**
 * Addresses inside the page (`/systems/flight-delay`) exist only in the browser: they get `index.html`. A missing
 * file (`/assets/old-3f2a.js`) must stay missing: a page sent as a script breaks in ways nobody understands.
 */
export function wantsPage(request: FastifyRequest): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  const path = request.url.split("?")[0] ?? "/";
  return !isApiPath(path) && !path.startsWith("/assets/") && extname(basename(path)) === "";
}

/** Sends the page's shell. */
export function sendPage(reply: FastifyReply): FastifyReply {
  return reply.code(200).sendFile("index.html");
}
