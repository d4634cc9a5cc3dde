/**
 * A secret as it was declared: its value, or `${env:HOMEOSTAT_SECRET_NAME}`, which is read from the server's environment
 * when a message is sent. Never logged, never answered.
 */
export type DeclaredSecret = string;

interface ConsoleDeclaration {
  readonly channel: "console";
}

/** Messages signed as Standard Webhooks. During a rotation they carry a signature by each of the two secrets. */
interface WebhookDeclaration {
  readonly channel: "webhook";
  readonly url: string;
  readonly secret: DeclaredSecret;
  readonly previousSecret?: DeclaredSecret | undefined;
}

/** An incoming webhook of Slack: its whole address is the secret. */
interface SlackDeclaration {
  readonly channel: "slack";
  readonly url: DeclaredSecret;
}

/** A bot of Slack: `to` is the id of a channel or of a person. */
interface SlackBotDeclaration {
  readonly channel: "slack-bot";
  readonly token: DeclaredSecret;
  readonly to: string;
  readonly url: string;
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte; `starttls` or nothing is sent; `none` is for a relay on the same machine. */
  readonly security: "tls" | "starttls" | "none";
  readonly username?: string | undefined;
  readonly password?: DeclaredSecret | undefined;
}

interface EmailDeclaration {
  readonly channel: "email";
  readonly smtp: SmtpServer;
  readonly from: string;
  readonly to: readonly string[];
}

interface PagerdutyDeclaration {
  readonly channel: "pagerduty";
  readonly routingKey: DeclaredSecret;
  readonly url: string;
}

interface OpsgenieDeclaration {
  readonly channel: "opsgenie";
  readonly apiKey: DeclaredSecret;
  readonly url: string;
  readonly teams: readonly string[];
}

/** Receivers of Alertmanager's webhook, version 4. */
interface AlertmanagerDeclaration {
  readonly channel: "alertmanager";
  readonly url: string;
  readonly token?: DeclaredSecret | undefined;
}

export type ChannelDeclaration =
  | ConsoleDeclaration
  | WebhookDeclaration
  | SlackDeclaration
  | SlackBotDeclaration
  | EmailDeclaration
  | PagerdutyDeclaration
  | OpsgenieDeclaration
  | AlertmanagerDeclaration;

export type ChannelKind = ChannelDeclaration["channel"];

/** A channel declared once, by name, in a document of kind `Channels`. */
export interface NamedChannel {
  readonly name: string;
  readonly declaration: ChannelDeclaration;
}

/** A channel that stands elsewhere, named; `recipient` in place of the declared one where the kind knows recipients. */
interface ChannelReference {
  readonly channel: "named";
  readonly name: string;
  readonly recipient?: string | undefined;
}

/** Where a message goes: a named channel, or one declared on the spot. */
export type NotifyTarget = ChannelDeclaration | ChannelReference;

/** Declared channels by name; the last declaration of a name counts. */
export interface ChannelStore {
  save(channels: readonly NamedChannel[]): Promise<void>;
  get(name: string): Promise<NamedChannel | undefined>;
  list(): Promise<readonly NamedChannel[]>;
}

const reference = /^\$\{env:([A-Z][A-Z0-9_]*)\}$/;

/** The variable that a declared secret refers to; undefined when it is the secret itself. */
export function variableOf(secret: DeclaredSecret): string | undefined {
  return reference.exec(secret)?.[1];
}

/** What people call a target: its declared name, else its kind. */
export function targetWords(target: NotifyTarget): string {
  return target.channel === "named" ? target.name : target.channel;
}
