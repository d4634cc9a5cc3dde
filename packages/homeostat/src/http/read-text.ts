import { isUtf8 } from "node:buffer";
import { type Refusal, refused } from "./handler.ts";

const blockBytes = 4_096;

/** Offset of the byte at which strict decoding fails: whole blocks first, then byte by byte inside the failing one. */
function firstBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let good = 0;
  try {
    for (; good < bytes.length; good += blockBytes)
      decoder.decode(bytes.subarray(good, good + blockBytes), { stream: true });
  } catch {
    // narrowed below; the failing sequence may have begun in the block before
  }
  const narrow = new TextDecoder("utf-8", { fatal: true });
  const from = Math.max(0, good - blockBytes);
  let start = from;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  try {
    for (let at = start; at < bytes.length; at += 1) {
      good = at;
      narrow.decode(bytes.subarray(at, at + 1), { stream: true });
    }
  } catch {
    return good;
  }
  return bytes.length;
}

/**
 * Bytes as text. Anything but valid UTF-8 is refused with its offset: replacement characters would change ids
 * silently. A byte order mark at the start is dropped (RFC 8259 section 8.1 lets readers ignore it).
 */
export function readText(bytes: Uint8Array): { readonly kind: "read"; readonly text: string } | Refusal {
  if (!isUtf8(bytes))
    return refused(
      "malformed-json",
      `The body is not valid UTF-8: byte ${firstBadByte(bytes) + 1} does not belong there.`,
    );
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("utf8");
  return { kind: "read", text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
}
