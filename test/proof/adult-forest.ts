import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dayMs } from "../../packages/homeostat/src/domain/instant.ts";
import type { System } from "../../packages/homeostat/src/domain/system/system.ts";
import { freezeReceived } from "../../packages/homeostat/src/service/learn/freeze-received.ts";
import { sendAnswered } from "./prove-one.ts";
import { proofSystem, type Rooms } from "./rooms.ts";

export const adultFile = fileURLToPath(new URL("../../../shared/data/slices/adult.csv", import.meta.url));
export const adultFrom = Date.parse("2026-03-02T00:00:00Z");
/** Days of the reference, and as many of live rows. */
export const adultDays = 8;

const names = ["marital_status", "relationship"];

/** Adult with the answers of a random forest, whose errors are kept with the golden values: a reference and as many live rows, alike. */
export async function sendAdult(rooms: Rooms, name: string): Promise<System> {
  const [head = "", ...lines] = readFileSync(adultFile, "utf8").trim().split(/\r?\n/);
  const columns = head.split(",");
  const golden = JSON.parse(
    readFileSync(new URL("../../packages/homeostat/src/stats/golden/slice-adult.json", import.meta.url), "utf8"),
  ) as { readonly errors: { readonly forest: string } };
  const bits = Buffer.from(golden.errors.forest, "base64");
  const rows = lines.map((line, index) => {
    const cells = line.split(",").map((cell) => cell.trim());
    const outcome = cells[columns.indexOf("income")] === ">50K";
    const wrong = (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
    return {
      time: adultFrom + (index % (2 * adultDays)) * dayMs + (index % 80_000) * 1_000,
      inputs: {
        ...Object.fromEntries(names.map((column) => [column, cells[columns.indexOf(column)] ?? ""])),
        device: "none",
      },
      outcome,
      probability: outcome === wrong ? 0.1 : 0.9,
    };
  });
  const data = { name, numbers: [], categories: names, segments: ["marital_status"], rows: [] };
  const system = { ...proofSystem(data, name), diagnosis: { conditions: 1 } };
  await sendAnswered(rooms, system, rows, adultFrom + adultDays * dayMs);
  const order = { release: "r1", from: adultFrom, to: adultFrom + adultDays * dayMs, actor: "proof" };
  const frozen = await freezeReceived(rooms, system, order, async () => undefined);
  if (frozen.kind === "refused") throw new Error(frozen.message);
  return system;
}
