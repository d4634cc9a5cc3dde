import type { SourceStore, SourceVersion } from "../../domain/contract/source-store.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";

/** Contracts of sources: every version is kept, the last of each id counts. The version that counts registered again adds nothing. */
export function createSourceStore(database: ControlDatabase): SourceStore {
  const versions = async (id: string): Promise<readonly SourceVersion[]> => {
    const query = database.selectFrom("source_versions").select("body").where("id", "=", id);
    return (await query.orderBy("position", "desc").execute()).map((row) => row.body);
  };
  const get = async (id: string): Promise<SourceVersion | undefined> => {
    const query = database.selectFrom("source_versions").select("body").where("id", "=", id);
    return (await query.orderBy("position", "desc").limit(1).executeTakeFirst())?.body;
  };
  return {
    add: async (version) => {
      if ((await get(version.id))?.digest === version.digest) return;
      const { id, digest, since } = version;
      await database
        .insertInto("source_versions")
        .values({ id, digest, since, body: toBody(version) })
        .execute();
    },
    get,
    list: async () => {
      const rows = await database
        .selectFrom("source_versions")
        .select(["id", "body"])
        .distinctOn("id")
        .orderBy("id")
        .orderBy("position", "desc")
        .execute();
      return rows.map((row) => row.body);
    },
    versions,
  };
}
