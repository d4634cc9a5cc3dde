/**
 * Walks over the frames of zstd data (RFC 8878) without unpacking them, so that a frame is known to be harmless before
 * the decompressor makes room for its window.
 */
export interface ZstdFrames {
  /** Takes the next bytes; why they cannot be taken, or undefined. */
  take(chunk: Uint8Array): string | undefined;
  /** Whether the bytes so far end where a frame ends. */
  isComplete(): boolean;
}

/** RFC 9659: what a sender of `Content-Encoding: zstd` may ask of a window, and a receiver must have. */
const largestWindow = 8 * 1_048_576;
const magic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const longestHead = 18;
const blockKinds = { raw: 0, repeated: 1, compressed: 2 } as const;

type Stage =
  | { readonly kind: "frame"; readonly held: number[] }
  | { readonly kind: "block"; readonly held: number[]; readonly checksum: boolean }
  | { readonly kind: "skip"; left: number; readonly then: "frame" | "block"; readonly checksum: boolean };

type Head =
  | { readonly kind: "more" }
  | { readonly kind: "frame"; readonly checksum: boolean }
  | { readonly kind: "skippable"; readonly bytes: number }
  | { readonly kind: "refused"; readonly reason: string };

const littleEndian = (bytes: readonly number[], at: number, length: number): number =>
  bytes.slice(at, at + length).reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function headOf(bytes: readonly number[]): Head {
  if (bytes.length < 5) return { kind: "more" };
  const start = littleEndian(bytes, 0, 4);
  if ((start & 0xfffffff0) >>> 0 === skippableMagic)
    return bytes.length < 8 ? { kind: "more" } : { kind: "skippable", bytes: littleEndian(bytes, 4, 4) };
  return start === magic
    ? frameHeadOf(bytes, bytes[4] ?? 0)
    : { kind: "refused", reason: "a frame does not begin as zstd frames do" };
}

function frameHeadOf(bytes: readonly number[], flags: number): Head {
  const isSingle = (flags & 32) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = flags >> 6 === 0 && !isSingle ? 0 : 2 ** (flags >> 6);
  const length = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  if (bytes.length < length) return { kind: "more" };
  if ((flags & 8) !== 0) return { kind: "refused", reason: "a frame has a flag that does not exist" };
  if (littleEndian(bytes, length - sizeBytes - dictionaryBytes, dictionaryBytes) !== 0)
    return { kind: "refused", reason: "a frame needs a dictionary" };
  const window = isSingle
    ? littleEndian(bytes, length - sizeBytes, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
    : windowOf(bytes[5] ?? 0);
  return window > largestWindow
    ? { kind: "refused", reason: "a frame needs a window of more than 8 MiB (RFC 9659)" }
    : { kind: "frame", checksum: (flags & 4) !== 0 };
}

class Walk implements ZstdFrames {
  private stage: Stage = { kind: "frame", held: [] };

  isComplete(): boolean {
    return this.stage.kind === "frame" && this.stage.held.length === 0;
  }

  take(chunk: Uint8Array): string | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.stage.kind === "skip") {
        const step = Math.min(this.stage.left, chunk.length - at);
        at += step;
        this.stage.left -= step;
        this.settle();
        continue;
      }
      this.stage.held.push(chunk[at] ?? 0);
      at += 1;
      const refused = this.stage.kind === "frame" ? this.afterFrameByte() : this.afterBlockByte();
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  private afterFrameByte(): string | undefined {
    if (this.stage.kind !== "frame" || this.stage.held.length > longestHead) return "a frame has no end to its head";
    const head = headOf(this.stage.held);
    if (head.kind === "refused") return head.reason;
    if (head.kind === "frame") this.stage = { kind: "block", held: [], checksum: head.checksum };
    if (head.kind === "skippable") this.skip(head.bytes, "frame", false);
    return undefined;
  }

  private afterBlockByte(): string | undefined {
    if (this.stage.kind !== "block" || this.stage.held.length < 3) return undefined;
    const { held, checksum } = this.stage;
    const head = littleEndian(held, 0, 3);
    const kind = (head >> 1) & 3;
    if (kind > blockKinds.compressed) return "a block is of a kind that does not exist";
    const bytes = kind === blockKinds.repeated ? 1 : head >> 3;
    const isLast = (head & 1) === 1;
    this.skip(isLast && checksum ? bytes + 4 : bytes, isLast ? "frame" : "block", checksum);
    return undefined;
  }

  private skip(left: number, then: "frame" | "block", checksum: boolean): void {
    this.stage = { kind: "skip", left, then, checksum };
    this.settle();
  }

  private settle(): void {
    if (this.stage.kind !== "skip" || this.stage.left > 0) return;
    const { then, checksum } = this.stage;
    this.stage = then === "frame" ? { kind: "frame", held: [] } : { kind: "block", held: [], checksum };
  }
}

/** Begins a walk at the first byte of zstd data. Cost: a few operations a block. */
export function walkZstdFrames(): ZstdFrames {
  return new Walk();
}
