import { expect, it } from "vitest";
import { openControlStore } from "../control/open-control-store.ts";
import { controlConformance } from "./control-conformance.ts";
import { postgresPlaces } from "./control-place.ts";

controlConformance("Postgres", postgresPlaces);

it("says that a server does not answer, and not which password was used", async () => {
  const url = "postgres://someone:secret@127.0.0.1:1/nothing";
  const failed = openControlStore({ url, onEvent: () => undefined });
  await expect(failed).rejects.toMatchObject({ code: "control-store-unavailable", retryable: true });
  await expect(failed).rejects.not.toThrow("secret");
});
