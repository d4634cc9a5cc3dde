import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Handlers } from "./handler.ts";
import { type HttpServer, serve } from "./serve.ts";

let server: HttpServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "homeostat-page-"));
  const webRoot = join(folder, "web");
  await mkdir(join(webRoot, "assets"), { recursive: true });
  await writeFile(join(folder, "outside.txt"), "outside");
  await writeFile(join(webRoot, "index.html"), "<!doctype html><title>Homeostat</title>");
  await writeFile(join(webRoot, "assets", "app-1a2b3c.js"), "export {};");
  await writeFile(join(webRoot, ".secret"), "hidden");
  server = await serve({
    // the page needs no route: none is called here
    handlers: {} as Handlers,
    access: { authenticate: async () => undefined, handlers: {} as Handlers },
    audit: { append: async () => undefined },
    clock: { now: () => 0 },
    log: () => undefined,
    uploadDirectory: join(folder, "uploads"),
    host: "127.0.0.1",
    port: 0,
    version: "0.1.0",
    webRoot,
  });
});

afterAll(async () => {
  await server.close(1_000);
  await rm(folder, { recursive: true, force: true });
});

/** The path is sent as it stands: `fetch` would tidy it up. */
function get(
  path: string,
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: server.address.port, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("the page", () => {
  it("is served at every address inside it, and asked for anew each time", async () => {
    for (const path of ["/", "/index.html", "/systems/flight-delay", "/sign-in?x=1"]) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers["cache-control"]]).toEqual([path, 200, "no-cache"]);
      expect(answer.text).toContain("<title>Homeostat</title>");
    }
  });

  it("keeps files whose name carries their digest for a year, and missing files missing", async () => {
    const asset = await get("/assets/app-1a2b3c.js");
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    for (const path of ["/assets/app-old.js", "/assets/none", "/favicon.ico", "/v1/none", "/v1", "/health/none"])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it.each([
    "/.secret",
    "/../outside.txt",
    "/..%2foutside.txt",
    "/%2e%2e/outside.txt",
    "/assets/../../outside.txt",
    "/assets/..%5c..%5coutside.txt",
    "//outside.txt",
    "/assets/%00.js",
  ])("never leaves its folder and never shows dot files: %s", async (path) => {
    const answer = await get(path);
    expect(answer.text).not.toMatch(/^(outside|hidden)/);
    expect(answer.headers["content-security-policy"]).toContain("default-src 'self'");
  });
});
