import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireDataDirectory } from "./data-directory.ts";

const now = Date.parse("2024-01-01T00:00:00Z");
let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), "homeostat-data-")), "data");
});
afterEach(() => rm(join(path, ".."), { recursive: true, force: true }));

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("a data directory", () => {
  it("is made for its owner alone, with a format and a place for everything", async () => {
    const directory = await acquireDataDirectory(path, now);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(join(path, "format.json"), "utf8"))).toEqual({
      format: 2,
      createdAt: "2024-01-01T00:00:00.000Z",
    });
    expect(directory.spool).toBe(join(path, "spool"));
    expect((await readdir(path)).sort()).toEqual(["datasets", "format.json", "lock", "uploads"]);
    await directory.release();
    expect(await readdir(path)).not.toContain("lock");
  });

  it("is refused while a living process holds it, naming that process", async () => {
    const directory = await acquireDataDirectory(path, now);
    await expect(acquireDataDirectory(path, now)).rejects.toMatchObject({
      code: "data-directory-held",
      detail: { pid: process.pid, startedAt: "2024-01-01T00:00:00.000Z" },
    });
    await directory.release();
    await (await acquireDataDirectory(path, now)).release();
  });

  it("is given to one of many that start at once", async () => {
    await (await acquireDataDirectory(path, now)).release();
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => acquireDataDirectory(path, now)));
    expect(starts.filter((start) => start.status === "fulfilled")).toHaveLength(1);
  });

  it("is taken over from a process that was killed, and from one whose number another program has now", async () => {
    const directory = await acquireDataDirectory(path, now);
    const held = JSON.parse(await readFile(join(path, "lock"), "utf8"));
    await writeFile(join(path, "lock"), JSON.stringify({ ...held, pid: await deadPid() }));
    await acquireDataDirectory(path, now);
    if (held.birth !== undefined) {
      await writeFile(join(path, "lock"), JSON.stringify({ ...held, birth: "1" }));
      await acquireDataDirectory(path, now);
    }
    await directory.release();
  });

  it("is taken over when the lock was left half-written, and no remains of it are kept", async () => {
    await (await acquireDataDirectory(path, now)).release();
    await writeFile(join(path, "lock"), '{"pid":');
    await acquireDataDirectory(path, now);
    expect((await readdir(path)).filter((name) => name.startsWith("lock"))).toEqual(["lock"]);
  });

  it("is refused, unlocked again and left as it was when a newer version wrote it", async () => {
    await (await acquireDataDirectory(path, now)).release();
    await writeFile(join(path, "format.json"), '{"format":3}');
    await expect(acquireDataDirectory(path, now)).rejects.toMatchObject({
      code: "data-directory-newer",
      detail: { found: 3, known: 2 },
    });
    expect(await readdir(path)).not.toContain("lock");
    expect(await readFile(join(path, "format.json"), "utf8")).toBe('{"format":3}');
  });

  it("of the first layout is brought to this one, and keeps when it was made", async () => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "format.json"), '{"format":1,"createdAt":"2023-01-01T00:00:00.000Z"}');
    const directory = await acquireDataDirectory(path, now);
    await directory.release();
    expect(JSON.parse(await readFile(join(path, "format.json"), "utf8"))).toEqual({
      format: 2,
      createdAt: "2023-01-01T00:00:00.000Z",
      upgradedAt: "2024-01-01T00:00:00.000Z",
    });
    expect(await readdir(join(path, "datasets"))).toEqual(["blobs"]);
  });

  it.each(["", "{", "{}", '{"format":"1"}', '{"format":0}', '{"format":1.5}'])(
    "is refused as damaged with the format %j",
    async (text) => {
      await (await acquireDataDirectory(path, now)).release();
      await writeFile(join(path, "format.json"), text);
      await expect(acquireDataDirectory(path, now)).rejects.toMatchObject({ code: "data-directory-corrupt" });
    },
  );

  it("is refused where none can be made", async () => {
    await writeFile(join(path, "..", "file"), "");
    await expect(acquireDataDirectory(join(path, "..", "file", "data"), now)).rejects.toMatchObject({
      code: "data-directory-unwritable",
    });
  });
});
