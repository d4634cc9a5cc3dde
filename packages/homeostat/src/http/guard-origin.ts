import { type Refusal, refused } from "./handler.ts";

interface RequestNames {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

const isLoopbackName = (name: string): boolean =>
  name === "localhost" ||
  name.endsWith(".localhost") ||
  name === "[::1]" ||
  /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

function hostnameOf(host: string): string | undefined {
  const url = urlOf(`http://${host}`);
  return url === undefined || url.username !== "" || url.pathname !== "/" ? undefined : url.hostname;
}

/** Whether a listening address can only be reached from this machine. */
function isLoopbackAddress(host: string): boolean {
  return isLoopbackName(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
}

/**
 * Guards against pages of other sites. DNS rebinding: a name of the attacker that resolves to 127.0.0.1 makes the
 * browser treat our answers as the attacker's own; so a server on loopback answers only to loopback names. Cross-site
 * changes: a request that changes something and says it comes from another origin is refused, whatever its credentials.
 * `allowedHosts` are names under which a reverse proxy presents the server.
 */
export function createOriginGuard(
  boundHost: string,
  allowedHosts: readonly string[],
): (names: RequestNames) => Refusal | undefined {
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()));
  const onlyLoopback = isLoopbackAddress(boundHost);
  const originFits = (origin: string, host: string): boolean => {
    const url = urlOf(origin);
    return url !== undefined && (url.host === host.toLowerCase() || allowed.has(url.host) || allowed.has(url.hostname));
  };
  return ({ method, host, origin, fetchSite }) => {
    const hostname = host === undefined ? undefined : hostnameOf(host);
    if (onlyLoopback && (hostname === undefined || !(isLoopbackName(hostname) || allowed.has(hostname))))
      return refused(
        "not-allowed",
        `The Host header names ${JSON.stringify(host ?? "")}; this server answers to localhost and 127.0.0.1 only.`,
      );
    if (method === "GET" || method === "HEAD") return undefined;
    if (fetchSite === "cross-site" || (origin !== undefined && !originFits(origin, host ?? "")))
      return refused("not-allowed", "Changes are not taken from pages of other origins.");
    return undefined;
  };
}
