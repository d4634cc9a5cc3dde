/** Bytes of ClickHouse's Native format, little-endian; written by hand because this room knows no platform. */

/** Native holds numbers as the machine does: on a big-endian one nothing is written so. */
export const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const replacement = 0xfffd;

/** Bytes that grow. */
export class ByteWriter {
  private bytes: Uint8Array;
  private at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  take(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  append(more: Uint8Array): void {
    this.reserve(more.length);
    this.bytes.set(more, this.at);
    this.at += more.length;
  }

  /** LEB128, as Native writes lengths and counts. */
  length(value: number): void {
    this.reserve(5);
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80;
    this.bytes[this.at++] = rest;
  }

  /** A text behind its length. Short plain ones, which most are, in one pass. */
  text(value: string): void {
    const { length } = value;
    if (length < 0x80) {
      this.reserve(length + 1);
      const { bytes } = this;
      const start = this.at;
      bytes[start] = length;
      let index = 0;
      for (; index < length; index += 1) {
        const code = value.charCodeAt(index);
        if (code >= 0x80) break;
        bytes[start + 1 + index] = code;
      }
      if (index === length) {
        this.at = start + 1 + length;
        return;
      }
    }
    const encoded = utf8Of(value);
    this.length(encoded.length);
    this.append(encoded);
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.at + more));
    grown.set(this.take());
    this.bytes = grown;
  }
}

/** UTF-8 of a text; half of a surrogate pair becomes U+FFFD, as everywhere else. */
export function utf8Of(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? replacement;
    at = writeCode(bytes, at, code >= 0xd800 && code <= 0xdfff ? replacement : code);
  }
  return bytes.subarray(0, at);
}

function writeCode(bytes: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const head = more === 1 ? 0xc0 : more === 2 ? 0xe0 : 0xf0;
  bytes[at] = head | (code >> (6 * more));
  for (let index = 1; index <= more; index += 1) bytes[at + index] = 0x80 | ((code >> (6 * (more - index))) & 0x3f);
  return at + more + 1;
}

/** Reads what {@link ByteWriter} wrote. */
export class ByteReader {
  at: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    this.at += 1;
    return this.bytes[this.at - 1] ?? 0;
  }

  length(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const end = this.length() + this.at;
    let text = "";
    while (this.at < end) text += String.fromCodePoint(this.code());
    return text;
  }

  private code(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = first & (0x3f >> more);
    for (let index = 0; index < more; index += 1) code = (code << 6) | (this.byte() & 0x3f);
    return code;
  }
}
