import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnpackedTooLarge, unpackZstd } from "./unpack-zstd.ts";

const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** A block that says one byte so many times. */
const repeated = (byte: number, times: number, isLast: boolean): Buffer => {
  const head = (times << 3) | (1 << 1) | (isLast ? 1 : 0);
  return Buffer.from([head & 255, (head >> 8) & 255, head >> 16, byte]);
};
const stored = (bytes: Uint8Array, isLast: boolean): Buffer => {
  const head = (bytes.length << 3) | (isLast ? 1 : 0);
  return Buffer.concat([Buffer.from([head & 255, (head >> 8) & 255, head >> 16]), bytes]);
};
/** A frame with a window of 1 MiB. */
const frame = (...blocks: readonly Buffer[]): Buffer => Buffer.concat([magic, Buffer.from([0, 80]), ...blocks]);
/** `printf 'hello hello hello hello hello\n' | zstd -3` */
const fromTheTool = Buffer.from("KLUv/QRYbQAAOGhlbGxvIAoBAKlLERpIcqs=", "base64");

async function unpacked(pieces: readonly Uint8Array[], maxBytes = 1_000_000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(unpackZstd(maxBytes)))
    chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
const failure = async (pieces: readonly Uint8Array[], maxBytes?: number): Promise<unknown> => {
  const source = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const stream = source.pipe(unpackZstd(maxBytes ?? 1_000_000));
  try {
    for await (const _ of stream) {
      // Read to its end.
    }
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

describe("zstd bodies", () => {
  it("are unpacked as the tool packed them, however they are cut", async () => {
    for (const size of [1, 3, 7, 100]) {
      const pieces = [];
      for (let at = 0; at < fromTheTool.length; at += size) pieces.push(fromTheTool.subarray(at, at + size));
      expect((await unpacked(pieces)).toString()).toBe("hello hello hello hello hello\n");
    }
  });

  it("may be several frames, one after another, with frames to skip between them", async () => {
    const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
    const content = randomBytes(50_000);
    const whole = Buffer.concat([frame(stored(content, true)), skippable, fromTheTool, frame(repeated(65, 4, true))]);
    expect(
      (await unpacked([whole])).equals(Buffer.concat([content, Buffer.from("hello hello hello hello hello\nAAAA")])),
    ).toBe(true);
  });

  it("that stand for more than the limit are stopped inside the step that unpacks them", async () => {
    const bomb = frame(...Array.from({ length: 10_000 }, () => repeated(0, 131_072, false)), repeated(0, 1, true));
    const before = process.memoryUsage().rss;
    expect(await failure([bomb])).toBeInstanceOf(UnpackedTooLarge);
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  it("that ask for a window of more than 8 MiB, a dictionary or unknown things are refused before room is made", async () => {
    const window = Buffer.concat([magic, Buffer.from([0, 21 << 3]), repeated(0, 1, true)]);
    expect(String(await failure([window]))).toContain("window");
    const single = Buffer.concat([magic, Buffer.from([0xe0, 0, 0, 0, 0, 1, 0, 0, 0]), repeated(0, 1, true)]);
    expect(String(await failure([single]))).toContain("window");
    const dictionary = Buffer.concat([magic, Buffer.from([1, 80, 7]), repeated(0, 1, true)]);
    expect(String(await failure([dictionary]))).toContain("dictionary");
    const later = Buffer.concat([fromTheTool, window]);
    expect(String(await failure([later]))).toContain("window");
  });

  it("that are cut short or are something else are refused", async () => {
    expect(String(await failure([fromTheTool.subarray(0, fromTheTool.length - 3)]))).toContain(
      "before they are complete",
    );
    expect(String(await failure([Buffer.from('{"rows":[]}')]))).toContain("does not begin");
  });

  it("of any bytes at all end in an answer", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.boolean(), async (bytes, begun) => {
        const thrown = await failure([begun ? Buffer.concat([magic, bytes]) : bytes]);
        expect(thrown === undefined || thrown instanceof Error).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
