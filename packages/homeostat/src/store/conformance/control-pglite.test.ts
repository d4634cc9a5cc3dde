import { cp, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openControlStore } from "../control/open-control-store.ts";
import { controlConformance } from "./control-conformance.ts";
import { pglitePlaces } from "./control-place.ts";

controlConformance("PGlite", pglitePlaces);

describe("an embedded directory", () => {
  const onEvent = (): void => undefined;
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "homeostat-directory-"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("is made where there is none, and what an unfinished attempt left is cleared away", async () => {
    await mkdir(join(root, "new.initializing"));
    await writeFile(join(root, "new.initializing", "PG_VERSION"), "18");
    const store = await openControlStore({ directory: join(root, "new"), onEvent });
    await store.probe();
    await store.close();
    expect(await readdir(root)).toEqual(["new"]);
  });

  it("is refused when it holds something else", async () => {
    await mkdir(join(root, "photos"));
    await writeFile(join(root, "photos", "cat.jpg"), "cat");
    await expect(openControlStore({ directory: join(root, "photos"), onEvent })).rejects.toMatchObject({
      code: "data-directory-corrupt",
    });
    expect(await readdir(join(root, "photos"))).toEqual(["cat.jpg"]);
  });

  it("is refused with the reason when it is damaged", async () => {
    await cp(join(root, "new"), join(root, "damaged"), { recursive: true });
    await truncate(join(root, "damaged", "global", "pg_control"), 0);
    await expect(openControlStore({ directory: join(root, "damaged"), onEvent })).rejects.toMatchObject({
      code: "data-directory-corrupt",
    });
  });

  it("is refused when it cannot be made", async () => {
    await writeFile(join(root, "file"), "");
    await expect(openControlStore({ directory: join(root, "file", "control"), onEvent })).rejects.toMatchObject({
      code: "data-directory-unwritable",
    });
  });
});
