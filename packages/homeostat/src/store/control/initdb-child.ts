import { PGlite } from "@electric-sql/pglite";

/** Makes the database directory given as the only argument, then ends and gives the memory back. */
const directory = process.argv[2];
if (directory === undefined) throw new Error("usage: initdb-child <directory>");
const database = await PGlite.create({ dataDir: directory });
await database.close();
process.exit(0);
