import { createEventStore as create } from "../../../packages/homeostat/dist/store/data/event-store.js";
import { crashAt, withMethods } from "./crash-at.mjs";

const longestDelayMs = 8;

/** The event store, which may end in the middle of an insert, or after it and before anybody has noted it. */
export function createEventStore(client, clock) {
  const watched = withMethods(client, {
    command: (statement, parameters) => {
      const running = client.command(statement, parameters);
      // The statement is on its way: the moment falls before, into or just after its work in the engine.
      if (/^\s*INSERT INTO (predictions_|outcomes)/.test(statement))
        setTimeout(() => crashAt("during-insert"), Math.random() * longestDelayMs);
      return running;
    },
    insertLines: (table, blocks) => {
      const running = client.insertLines(table, blocks);
      setTimeout(() => crashAt("during-staging"), Math.random() * longestDelayMs);
      return running;
    },
  });
  const events = create(watched, clock);
  const storing = (store) => async (system, blocks) => {
    const receipt = await store(system, blocks);
    crashAt("after-insert");
    return receipt;
  };
  return withMethods(events, {
    storePredictions: storing(events.storePredictions.bind(events)),
    storeOutcomes: storing(events.storeOutcomes.bind(events)),
  });
}
