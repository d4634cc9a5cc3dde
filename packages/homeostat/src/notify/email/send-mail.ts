import { lookup } from "node:dns/promises";
import { createTransport } from "nodemailer";
import { reasonOf } from "../../domain/fault.ts";
import type { SmtpServer } from "../../domain/notification/channel-declaration.ts";
import { isPublicAddress } from "../webhook/public-address.ts";

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** Message-ID of the message that this one replies to. */
  readonly replyTo: string | undefined;
  readonly isUrgent: boolean;
  readonly at: number;
}

/** What became of a mail: `closed` where the server's address is not to be reached. */
type MailAnswer =
  | { readonly kind: "taken"; readonly detail: string }
  | { readonly kind: "failed"; readonly reason: string; readonly code: number | undefined }
  | { readonly kind: "closed"; readonly reason: string };

export type SendMail = (server: SmtpServer, mail: Mail) => Promise<MailAnswer>;

/**
 * Hands a mail to an SMTP server over a connection of its own. `privateHosts` are servers that may have an address of this
 * machine or its network; all others must be public, and the connection goes to the very address that was checked.
 * Certificates are verified; `ca` is added to the authorities.
 */
export function createSendMail(options: {
  readonly privateHosts: readonly string[];
  readonly timeoutMs: number;
  readonly ca?: string | undefined;
}): SendMail {
  const { privateHosts, timeoutMs, ca } = options;

  async function deliver(server: SmtpServer, address: string, mail: Mail): Promise<MailAnswer> {
    const { host, port, security, username, password } = server;
    const transport = createTransport({
      host: address,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      ...(username === undefined ? {} : { auth: { user: username, pass: password ?? "" } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
      tls: { servername: host, minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    });
    try {
      const { replyTo, isUrgent, at, to, ...parts } = mail;
      const info = await transport.sendMail({
        ...parts,
        to: [...to],
        date: new Date(at),
        ...(replyTo === undefined ? {} : { inReplyTo: replyTo, references: replyTo }),
        ...(isUrgent ? { priority: "high" } : {}),
        headers: { "Auto-Submitted": "auto-generated" },
      });
      const refused = info.rejected.length === 0 ? "" : `; refused for ${info.rejected.join(", ")}`;
      return { kind: "taken", detail: `answered ${info.response}${refused}` };
    } catch (thrown) {
      return { kind: "failed", reason: reasonOf(thrown), code: codeOf(thrown) };
    } finally {
      transport.close();
    }
  }

  return async (server, mail) => {
    const address = await addressOf(server.host, privateHosts.includes(server.host));
    return address.kind === "found" ? deliver(server, address.address, mail) : address;
  };
}

/** The reply of the server as nodemailer hands it on; undefined when there was none. */
function codeOf(thrown: unknown): number | undefined {
  const code = thrown instanceof Error && "responseCode" in thrown ? thrown.responseCode : undefined;
  return typeof code === "number" ? code : undefined;
}

async function addressOf(
  host: string,
  mayBePrivate: boolean,
): Promise<{ readonly kind: "found"; readonly address: string } | Exclude<MailAnswer, { readonly kind: "taken" }>> {
  try {
    const addresses = await lookup(host, { all: true });
    const [first] = addresses;
    if (first === undefined) return { kind: "failed", reason: `${host} has no address`, code: undefined };
    if (!mayBePrivate && !addresses.every(({ address }) => isPublicAddress(address)))
      return {
        kind: "closed",
        reason: `${host} is an address of this machine or its network; name it in HOMEOSTAT_SMTP_HOSTS to allow it`,
      };
    return { kind: "found", address: first.address };
  } catch (thrown) {
    return { kind: "failed", reason: reasonOf(thrown), code: undefined };
  }
}
