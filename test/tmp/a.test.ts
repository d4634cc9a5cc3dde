import { it } from "vitest";
import { cutFlights } from "../house/flights.ts";
import { startHouse, temporaryDirectory } from "../house/start.ts";
it("x", async () => {
  let t = performance.now(); const lap = (s: string) => { console.log(s, Math.round(performance.now() - t)); t = performance.now(); };
  const f = await cutFlights({ from: "2001-02-08", to: "2001-02-17", everyNth: 4 });
  lap(`cut ${f.training.length} ${f.flights.length}`);
  console.log(f.flights[0], f.flights.at(-1));
  const h = await startHouse({ data: temporaryDirectory() });
  lap("start"); console.log(h.out());
  console.log(await h.client.call("ready"));
  console.log(await h.stop()); lap("stop");
});
