import { createEventStore as create } from "../../../packages/homeostat/dist/store/data/event-store.js";
import { crashAt, withMethods } from "./crash-at.mjs";

const longestDelayMs = 8;
const soon = (point) => setTimeout(() => crashAt(point), Math.random() * longestDelayMs);

/** The event store, which may end in the middle of an insert, or after it and before anybody has noted it. */
export function createEventStore(client, clock, door, hash) {
  const watched = withMethods(client, {
    command: (statement, parameters) => {
      const running = client.command(statement, parameters);
      // The statement is on its way: the moment falls before, into or just after its work in the engine.
      if (/^\s*INSERT INTO (predictions_|outcomes)/.test(statement)) soon("during-insert");
      return running;
    },
    insertLines: (table, blocks) => {
      const running = client.insertLines(table, blocks);
      soon("during-staging");
      return running;
    },
  });
  const files = withMethods(door.files, {
    command: (statement, parameters) => {
      const running = door.files.command(statement, parameters);
      soon("during-staging");
      return running;
    },
  });
  const events = create(watched, clock, { ...door, files }, hash);
  const storing = (store) => async (system, rows) => {
    const receipt = await store(system, rows);
    crashAt("after-insert");
    return receipt;
  };
  return withMethods(events, {
    storePredictions: storing(events.storePredictions.bind(events)),
    storeOutcomes: storing(events.storeOutcomes.bind(events)),
    storeFile: storing(events.storeFile.bind(events)),
  });
}
