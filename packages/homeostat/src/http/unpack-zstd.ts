import { Transform } from "node:stream";
import { Decompress } from "fzstd";
import { walkZstdFrames } from "./zstd-frames.ts";

/** More came out of the data than the caller may send. */
export class UnpackedTooLarge extends Error {
  override readonly name = "UnpackedTooLarge";
}

/**
 * A stream that unpacks zstd. A few bytes can stand for gigabytes in one step, so the bound holds inside a step too;
 * windows of frames are bounded before any room is made for them. Errors of the stream are faults of the data, or
 * {@link UnpackedTooLarge}.
 */
export function unpackZstd(maxBytes: number): Transform {
  const frames = walkZstdFrames();
  let unpackedBytes = 0;
  const unpacked = (chunk: Uint8Array): void => {
    unpackedBytes += chunk.length;
    if (unpackedBytes > maxBytes) throw new UnpackedTooLarge();
    if (chunk.length > 0) stream.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  };
  const unpacker = new Decompress(unpacked);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const refused = frames.take(chunk);
      // A copy: the unpacker keeps what it cannot use yet, and the socket's buffer is used again.
      if (refused === undefined) attempt(() => unpacker.push(Uint8Array.from(chunk), false), done);
      else done(new Error(refused));
    },
    flush(done) {
      if (frames.isComplete()) attempt(() => unpacker.push(new Uint8Array(), true), done);
      else done(new Error("they end before they are complete"));
    },
  });
  return stream;
}

function attempt(act: () => void, done: (error?: Error | null) => void): void {
  try {
    act();
  } catch (thrown) {
    done(thrown instanceof Error ? thrown : new Error(String(thrown)));
    return;
  }
  done();
}
