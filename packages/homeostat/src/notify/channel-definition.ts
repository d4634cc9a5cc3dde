import type { ChannelDeclaration, ChannelKind, DeclaredSecret } from "../domain/notification/channel-declaration.ts";
import type { Notification, SendContext, SendResult } from "../domain/notification/notification.ts";
import type { SendMail } from "./email/send-mail.ts";
import type { PostJson } from "./http-client.ts";
import type { RetryTable } from "./retry-table.ts";

/** What channels act with. */
export interface ChannelTools {
  /** Writes one line of text to the console of the process. */
  readonly writeLine: (line: string) => void;
  readonly post: PostJson;
  readonly mail: SendMail;
  /** The value of a declared secret. @throws MissingSecretError when its variable is not set. */
  readonly secretOf: (declared: DeclaredSecret) => string;
}

/** A channel named the variable of a secret that the server does not have. */
export class MissingSecretError extends Error {
  override readonly name = "MissingSecretError";

  constructor(variable: string) {
    super(`the variable ${variable} is not set where the server runs`);
  }
}

type DeclarationOf<K extends ChannelKind> = Extract<ChannelDeclaration, { readonly channel: K }>;

/** One kind of channel: everything shared code asks about it. */
export interface ChannelDefinition<K extends ChannelKind> {
  readonly retries: RetryTable;
  /** Whether the receiver keeps alerts that stay open until they are resolved. */
  readonly keepsAlerts: boolean;
  /** Where it leads, in words without secrets. */
  where(declaration: DeclarationOf<K>): string;
  /** What tells channels of this kind apart when they have no name; undefined where there is only one. */
  identity(declaration: DeclarationOf<K>): string | undefined;
  /** The declaration with another receiver; absent where the kind has none that could be exchanged. */
  readonly addressed?: (declaration: DeclarationOf<K>, recipient: string) => DeclarationOf<K>;
  send(
    declaration: DeclarationOf<K>,
    notification: Notification,
    context: SendContext,
    tools: ChannelTools,
  ): Promise<SendResult>;
}

/** `hooks.example.org`; the path stays out: with some receivers it is the secret. */
export function hostOf(url: DeclaredSecret): string {
  return URL.canParse(url) ? new URL(url).host : "an address in a variable";
}
