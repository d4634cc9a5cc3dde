import { BlockList, isIP } from "node:net";

/**
 * Addresses that a webhook may not reach, because they belong to this machine, its network or nobody: the special-purpose
 * registries of IANA (RFC 6890 and successors), with the IPv6 forms that wrap an IPv4 address (NAT64, 6to4, Teredo)
 * closed as a whole. A mapped address (`::ffff:10.0.0.1`) is judged by the IPv4 rules: `BlockList` does that itself.
 */
const closed = new BlockList();

const closedV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
const closedV6: readonly (readonly [string, number])[] = [
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];
for (const [address, bits] of closedV4) closed.addSubnet(address, bits, "ipv4");
for (const [address, bits] of closedV6) closed.addSubnet(address, bits, "ipv6");

/** Whether an IP address can be somebody on the public internet. Text that is no address is not. */
export function isPublicAddress(address: string): boolean {
  const [bare = ""] = address.split("%");
  const family = isIP(bare);
  return family !== 0 && !closed.check(bare, family === 4 ? "ipv4" : "ipv6");
}
