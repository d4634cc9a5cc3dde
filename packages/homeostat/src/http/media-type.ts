/** The type part of a Content-Type header, lower-case, with its charset; undefined when there is none or it is not one. */
export function mediaTypeOf(
  header: string | undefined,
): { readonly type: string; readonly charset: string } | undefined {
  if (header === undefined) return undefined;
  const [type = "", ...parameters] = header.toLowerCase().split(";");
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(type.trim())) return undefined;
  const charset = parameters
    .map((part) => /^\s*charset\s*=\s*"?([\w-]+)"?\s*$/.exec(part)?.[1])
    .find((text) => text !== undefined);
  return { type: type.trim(), charset: charset ?? "utf-8" };
}

/** Whether a charset parameter means UTF-8, the only one JSON is exchanged in (RFC 8259 section 8.1). */
export function isUtf8Charset(charset: string): boolean {
  return charset === "utf-8" || charset === "utf8" || charset === "us-ascii";
}
