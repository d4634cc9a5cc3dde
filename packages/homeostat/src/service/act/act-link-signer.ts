import { createHmac, timingSafeEqual } from "node:crypto";
import type { ActLink, LinkSigner } from "../../domain/oncall/act-link.ts";

const fieldSeparator = "\n";

/** Signs links with HMAC-SHA-256 under a secret of the server: `<base64url of the fields>.<base64url of the signature>`. */
export function createLinkSigner(secret: string): LinkSigner {
  const signatureOf = (text: string): Buffer => createHmac("sha256", secret).update(`act-link:${text}`).digest();
  return {
    sign: ({ id, incident, recipient, expiresAt }) => {
      const fields = [id, String(incident), String(expiresAt), recipient.replaceAll(fieldSeparator, " ")];
      const text = Buffer.from(fields.join(fieldSeparator), "utf8").toString("base64url");
      return `${text}.${signatureOf(text).toString("base64url")}`;
    },
    read: (token) => {
      const [text = "", signature = "", ...rest] = token.split(".");
      const given = Buffer.from(signature, "base64url");
      const wanted = signatureOf(text);
      if (rest.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      return linkOf(Buffer.from(text, "base64url").toString("utf8"));
    },
  };
}

function linkOf(text: string): ActLink | undefined {
  const [id, incident, expiresAt, recipient] = text.split(fieldSeparator);
  if (id === undefined || recipient === undefined) return undefined;
  return { id, incident: Number(incident), recipient, expiresAt: Number(expiresAt) };
}
