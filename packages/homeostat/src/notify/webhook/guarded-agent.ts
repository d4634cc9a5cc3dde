import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { isPublicAddress } from "./public-address.ts";

/** Thrown inside a connection attempt to an address that webhooks may not reach. */
export class ClosedAddressError extends Error {
  override readonly name = "ClosedAddressError";

  constructor(host: string) {
    super(`${host} is an address of this machine or its network; webhooks go to public addresses only`);
  }
}

/**
 * Resolves a name and refuses it when any of its addresses is not public. The connection is made to the very addresses
 * returned here, so that a name cannot pass the check and then lead elsewhere (DNS rebinding).
 */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, "", 0);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new ClosedAddressError(hostname), "", 0);
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

/** An address written into the URL is never looked up: it is checked here. @throws ClosedAddressError */
export function checkLiteralAddress(hostname: string): void {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0 && !isPublicAddress(bare)) throw new ClosedAddressError(hostname);
}

/** A connection pool that keeps nothing open between messages. `allowPrivate` takes the guard away: for demos and tests. */
export function createGuardedAgent(allowPrivate: boolean, connectTimeoutMs: number): Dispatcher {
  const connect = { timeout: connectTimeoutMs };
  return new Agent({ pipelining: 0, connect: allowPrivate ? connect : { ...connect, lookup: publicLookup } });
}
