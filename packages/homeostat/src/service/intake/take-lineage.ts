import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { lineageOfEvent, type OpenLineageEvent, runWith } from "../../domain/lineage/open-lineage.ts";
import type { Transact } from "../../domain/transaction.ts";

/** Records an event of OpenLineage: components, edges and the run, together. The same event again changes nothing. */
export async function takeLineage(
  ports: { readonly transaction: Transact<{ readonly lineage: LineageStore }> },
  event: OpenLineageEvent,
): Promise<void> {
  await ports.transaction(async ({ lineage }) => {
    if (event.kind === "run") await lineage.changeRun(event.run, (run) => runWith(run, event));
    await lineage.record(lineageOfEvent(event));
  });
}
