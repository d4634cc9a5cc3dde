import { createHash } from "node:crypto";
import type { Cancellation } from "../../domain/cancellation.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import { contractFindings, processingSpike } from "../../domain/contract/contract-findings.ts";
import type { ContractWindow, ContractWindowStore } from "../../domain/contract/contract-window.ts";
import type { FindingStore } from "../../domain/finding/finding.ts";
import { type Clock, hourMs } from "../../domain/instant.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowRecord, WindowStore } from "../../domain/window/window.ts";
import type { EvaluatedWindow } from "./evaluate-due-windows.ts";
import { watermarkOf } from "./watermark.ts";

export interface ContractPorts {
  readonly events: EventStore;
  readonly windows: WindowStore;
  readonly contracts: ContractWindowStore;
  readonly findings: FindingStore;
  readonly changes: ChangeStore;
  readonly clock: Clock;
}

const usualWindows = 14;
const deployKinds: ReadonlySet<string> = new Set(["deploy", "library", "firmware"]);
const shortDigest = (text: string): string => `f-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;

/**
 * Holds every window that is over, and has rows that were not looked at, to the source's contract, oldest first. No
 * baseline is needed. What is found is told; a window that could not be told is checked again the next time. Windows of
 * one system are checked by one caller at a time. Returns the number checked.
 */
export async function checkDueContracts(
  ports: ContractPorts,
  system: System,
  tell: (evaluated: EvaluatedWindow) => Promise<void>,
  cancellation?: Cancellation,
): Promise<number> {
  const frontier = await ports.events.frontier(system);
  if (frontier === undefined) return 0;
  const watermark = watermarkOf(system, frontier, ports.clock.now());
  const ended = (await ports.windows.dirty(system.name)).filter((record) => record.end <= watermark);
  if (ended.length === 0) return 0;
  const [touches, known] = await Promise.all([
    ports.windows.dirtyTouches(system.name),
    ports.contracts.checkedTouches(system.name),
  ]);
  let checked = 0;
  for (const record of ended) {
    if (cancellation?.aborted === true) break;
    const count = touches.get(record.start) ?? 0;
    if (known.get(record.start) === count) continue;
    await checkOne(ports, system, record, count, tell);
    checked += 1;
  }
  return checked;
}

async function checkOne(
  ports: ContractPorts,
  system: System,
  record: WindowRecord,
  touches: number,
  tell: (evaluated: EvaluatedWindow) => Promise<void>,
): Promise<void> {
  const checked = await ports.contracts.check(system, record);
  const length = record.end - record.start;
  const before = await ports.contracts.list(system.name, {
    from: record.start - usualWindows * length,
    to: record.start,
  });
  const spike = processingSpike(system, checked, before, await wasDeployed(ports, system, checked), shortDigest);
  const findings = [...contractFindings(system, checked, shortDigest), ...spike];
  await ports.findings.replace(system.name, record, findings, ports.clock.now(), "contract");
  await tell({ window: record, findings });
  await ports.contracts.save(system.name, { ...checked, isSlow: spike.length > 0 }, touches, ports.clock.now());
}

async function wasDeployed(ports: ContractPorts, system: System, { health }: ContractWindow): Promise<boolean> {
  if (health.firstReceivedAt === undefined || health.lastReceivedAt === undefined) return false;
  const changes = await ports.changes.list({
    from: health.firstReceivedAt - hourMs,
    to: health.lastReceivedAt + 1,
    system: system.name,
  });
  return changes.some((change) => deployKinds.has(change.kind));
}
