import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import type { SmtpServer } from "../../domain/notification/channel-declaration.ts";
import type { Notification, NotificationKind } from "../../domain/notification/notification.ts";
import { createChannels } from "../channels.ts";

interface Letter {
  readonly raw: string;
  readonly to: readonly string[];
  readonly user: unknown;
}
const letters: Letter[] = [];
const servers: SMTPServer[] = [];
afterEach(async () => {
  letters.length = 0;
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(resolve));
});

async function start(options: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      password === "right" ? done(null, { user: username }) : done(refusal(535, "no such user")),
    onData: (stream: SMTPServerDataStream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        letters.push({ raw: Buffer.concat(chunks).toString("utf8"), to, user: session.user });
        done(null, "queued as 1");
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  servers.push(server);
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return (listener.address() as AddressInfo).port;
}

/** Made for these tests alone: for localhost, until 2126, trusted by nobody else. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUXSwMotzaVVLHO2JNqWCoVeod3X8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbWFpbC50ZXN0MCAXDTI2MTEyMjEzNTQ1MloYDzIxMjYxMDI5
MTM1NDUyWjAUMRIwEAYDVQQDDAltYWlsLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASmtkRUUi29e8GHNJMN9deyyYrNhZgT6bsb/PLtXbt6BYInBhD+jMBk
utI3jl1MTe4mn+574DS5N34H//MmCJLHo28wbTAdBgNVHQ4EFgQU6cIDE0EF4Hcm
VcPAzZ4moKOf/24wHwYDVR0jBBgwFoAU6cIDE0EF4HcmVcPAzZ4moKOf/24wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgJEb9e3WrpP3VneGWOYT1hs/Mm9FHKGMj3Wldlfti93kCIHxv
yXVo7QVPV15qVX5jI6MeKZLGfLoNijUZDztcwfq+
-----END CERTIFICATE-----
`;
const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgX5uc2PuFrkPu6UNN
nM8VdFuh6n8Lq2ydsj8+hBAXLDmhRANCAASmtkRUUi29e8GHNJMN9deyyYrNhZgT
6bsb/PLtXbt6BYInBhD+jMBkutI3jl1MTe4mn+574DS5N34H//MmCJLH
-----END PRIVATE KEY-----
`;

const refusal = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });
const make = (mailHosts: readonly string[], mailAuthorities?: string) =>
  createChannels({
    declared: { get: async () => undefined },
    writeLine: () => undefined,
    allowPrivate: false,
    timeoutMs: 500,
    variables: { HOMEOSTAT_SECRET_NAME: "right" },
    installation: "4f0c",
    mailHosts,
    mailAuthorities,
  });

const notification = (kind: NotificationKind = "incident.opened"): Notification => ({
  id: `${kind}-17_a b`,
  kind,
  about: "incident-17",
  incident: 17,
  system: "flight-delay",
  severity: "critical",
  owner: "ml",
  at: Date.parse("2001-06-01T12:00:00Z"),
  message: {
    title: "drift",
    headline: "Incident 17 opened: Ümlaut\r\nBcc: all@example.org <b>drift</b>",
    sentence: "It drifts.",
    facts: [{ label: "Where", text: "<i>LAX</i>" }],
    next: "Ask.",
    links: [{ label: "Incident 17", href: "http://page/incidents/17" }],
  },
});

async function send(
  smtp: Partial<SmtpServer> & { readonly port: number },
  {
    kind = "incident.opened" as NotificationKind,
    thread = undefined as string | undefined,
    to = ["ann@example.org"],
    mailHosts = ["127.0.0.1"],
    authorities = undefined as string | undefined,
  } = {},
) {
  const channel = await make(mailHosts, authorities).create({
    channel: "email",
    smtp: { host: "127.0.0.1", security: "none", ...smtp },
    from: "Homeostat <homeostat@example.org>",
    to,
  });
  return channel.send(notification(kind), { now: 0, thread });
}
const headerOf = (raw: string, name: string): string | undefined =>
  new RegExp(`^${name}: ((?:.|\\r\\n[ \\t])*)\\r\\n`, "im").exec(raw)?.[1]?.replaceAll(/\r\n\s+/g, " ");

describe("e-mail", () => {
  it("is one letter in text and HTML with a Message-ID of its own at every attempt, and updates reply to the first", async () => {
    const port = await start();
    const first = await send({ port });
    const second = await send({ port });
    expect(first).toEqual({
      kind: "sent",
      detail: "answered 250 queued as 1",
      reference: "<incident.opened-17_a-b-4f0c@example.org>",
    });
    expect(second).toEqual(first);
    const thread = first.kind === "sent" ? first.reference : undefined;
    await send({ port }, { kind: "incident.resolved", thread });
    const [raw, again, resolved] = letters.map((letter) => letter.raw);
    expect(headerOf(raw!, "Message-ID")).toBe(thread);
    expect(headerOf(again!, "Message-ID")).toBe(thread);
    expect(headerOf(resolved!, "Message-ID")).toBe("<incident.resolved-17_a-b-4f0c@example.org>");
    expect([headerOf(resolved!, "In-Reply-To"), headerOf(resolved!, "References")]).toEqual([thread, thread]);
    expect(headerOf(raw!, "Auto-Submitted")).toBe("auto-generated");
    expect(headerOf(raw!, "X-Priority")).toContain("1");
    expect(headerOf(raw!, "Date")).toBe("Fri, 01 Jun 2001 12:00:00 +0000");
    expect(headerOf(raw!, "Content-Type")).toContain("multipart/alternative");
    expect(raw).toContain("Where: <i>LAX</i>");
    expect(raw).toContain("&lt;i&gt;LAX&lt;/i&gt;");
    expect(headerOf(raw!, "Bcc")).toBeUndefined();
    expect(letters[0]?.to).toEqual(["ann@example.org"]);
  });

  it("signs in with the password of a variable; a wrong one is final", async () => {
    const port = await start({ authOptional: false, allowInsecureAuth: true });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how secrets are declared
    const password = "${env:HOMEOSTAT_SECRET_NAME}";
    expect(await send({ port, username: "ann", password })).toMatchObject({ kind: "sent" });
    expect(letters[0]?.user).toBe("ann");
    expect(await send({ port, username: "ann", password: "wrong" })).toMatchObject({
      kind: "never",
      reason: expect.stringContaining("535"),
    });
    expect(letters).toHaveLength(1);
  });

  it.each([
    [421, "again"],
    [450, "again"],
    [452, "again"],
    [550, "never"],
    [554, "never"],
  ])("takes the reply %i as: %s", async (code, kind) => {
    const port = await start({ onRcptTo: (_, __, done) => done(refusal(code, "no")) });
    expect(await send({ port })).toMatchObject({ kind, reason: expect.stringContaining(String(code)) });
  });

  it("tries again where nobody answers or the connection is cut", async () => {
    const port = await start({ onConnect: (_, __) => undefined });
    expect((await send({ port })).kind).toBe("again");
    expect((await send({ port: 1 })).kind).toBe("again");
    expect((await send({ port, host: "no-such-host.invalid" })).kind).toBe("again");
  });

  it("sends nothing in the clear where TLS is asked for, nor to somebody whose certificate nobody vouches for", async () => {
    const clear = await start({ hideSTARTTLS: true, disabledCommands: ["STARTTLS"] });
    expect((await send({ port: clear, security: "starttls" })).kind).toBe("never");
    const unknown = await start();
    expect(await send({ port: unknown, security: "starttls" })).toMatchObject({ kind: "again" });
    const direct = await start({ secure: true });
    expect(await send({ port: direct, security: "tls" })).toMatchObject({ kind: "again" });
    expect(letters).toEqual([]);
  });

  it("speaks TLS, at once or after STARTTLS, with a server whose certificate is vouched for", async () => {
    const own = { key: privateKey, cert: certificate };
    const [later, direct] = [await start(own), await start({ ...own, secure: true })];
    for (const [port, security] of [
      [later, "starttls"],
      [direct, "tls"],
    ] as const)
      expect(
        await send({ port, security, host: "localhost" }, { mailHosts: ["localhost"], authorities: certificate }),
      ).toMatchObject({
        kind: "sent",
      });
    expect(letters).toHaveLength(2);
  });

  it("tells of a recipient that was refused while others were taken", async () => {
    const port = await start({
      onRcptTo: ({ address }, _, done) => done(address.startsWith("bob") ? refusal(550, "no bob") : null),
    });
    expect(await send({ port }, { to: ["ann@example.org", "bob@example.org"] })).toMatchObject({
      kind: "sent",
      detail: expect.stringContaining("refused for bob@example.org"),
    });
  });

  it("does not reach mail servers of this machine's network unless they are named", async () => {
    const port = await start();
    expect(await send({ port }, { mailHosts: [] })).toEqual({
      kind: "never",
      reason: "127.0.0.1 is an address of this machine or its network; name it in HOMEOSTAT_SMTP_HOSTS to allow it",
    });
    expect(letters).toEqual([]);
  });

  it("goes to another address where a message is for one person", async () => {
    const port = await start();
    const declaration = {
      channel: "email",
      smtp: { host: "127.0.0.1", port, security: "none" },
      from: "h@example.org",
      to: ["team@example.org"],
    } as const;
    const channels = createChannels({
      declared: { get: async (name) => ({ name, declaration }) },
      writeLine: () => undefined,
      allowPrivate: false,
      variables: {},
      installation: "4f0c",
      mailHosts: ["127.0.0.1"],
    });
    const channel = await channels.create({ channel: "named", name: "mail", recipient: "ann@example.org" });
    await channel.send(notification(), { now: 0, thread: undefined });
    expect(letters[0]?.to).toEqual(["ann@example.org"]);
  });
});
