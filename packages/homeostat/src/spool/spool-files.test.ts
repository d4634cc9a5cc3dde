import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSpool } from "./open-spool.ts";
import { openSpoolFiles } from "./spool-files.ts";

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-files-"));
  directory = join(root, "files");
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function uploaded(content: string): Promise<string> {
  const path = join(root, "upload");
  await writeFile(path, content, { mode: 0o644 });
  return path;
}

describe("files beside the spool", () => {
  it("are taken over whole, readable by their owner only, and counted until they are removed", async () => {
    const files = await openSpoolFiles(directory);
    const name = await files.adopt(await uploaded("twelve bytes"), 12);
    expect(await readFile(files.pathOf(name), "utf8")).toBe("twelve bytes");
    expect((await stat(files.pathOf(name))).mode & 0o777).toBe(0o600);
    expect(await readdir(root)).toEqual(["files"]);
    expect(files.heldBytes()).toBe(12);
    await files.remove(name);
    await files.remove(name);
    expect([files.heldBytes(), await readdir(directory)]).toEqual([0, []]);
  });

  it("are found after a restart; those that no record names are swept, and nothing else is", async () => {
    const before = await openSpoolFiles(directory);
    const kept = await before.adopt(await uploaded("kept"), 4);
    await before.adopt(await uploaded("left by a crash"), 15);
    await writeFile(join(directory, "somebody else's"), "x");
    const after = await openSpoolFiles(directory);
    expect(after.heldBytes()).toBe(19);
    await after.sweep(new Set([kept]));
    expect([after.heldBytes(), (await readdir(directory)).sort()]).toEqual([4, [kept, "somebody else's"].sort()]);
  });

  it("that cannot be taken over are a fault of the disk and count for nothing", async () => {
    const files = await openSpoolFiles(directory);
    await expect(files.adopt(join(root, "not there"), 7)).rejects.toMatchObject({ code: "spool-unwritable" });
    expect(files.heldBytes()).toBe(0);
    await writeFile(join(root, "a file"), "");
    await expect(openSpoolFiles(join(root, "a file"))).rejects.toMatchObject({ code: "spool-unwritable" });
  });

  it("fill the spool as its own records do", async () => {
    const files = await openSpoolFiles(directory);
    const sizes = { limitBytes: 1_000, segmentBytes: 4_096 };
    const spool = await openSpool({ directory: root, ...sizes, clock: { now: () => 1 }, otherBytes: files.heldBytes });
    const record = { rows: 1, bytes: Buffer.alloc(100), receivedAt: 1 };
    await spool.append("predictions:a", record);
    const name = await files.adopt(await uploaded("x".repeat(900)), 900);
    expect(spool.state().bytes).toBeGreaterThan(1_000);
    await expect(spool.append("predictions:a", record)).rejects.toMatchObject({ code: "spool-full" });
    await files.remove(name);
    await spool.append("predictions:a", record);
    await spool.close();
  });
});
