import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';

/** Longer than any address; a proxy that passes on what the client made up must not fill the memory. */
const MAX_LENGTH = 64;
const GROUPS = 8;
/** Leading groups of an IPv6 address that name a network (/64): whoever has one address has all of them. */
const NETWORK_GROUPS = 4;

/**
 * Where a request comes from, as far as it is counted: the client's IPv4 address or IPv6 network (/64).
 * @param trustedProxies how many proxies in front are believed (TRUST_PROXY), as Express counts them
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  // Undefined for a connection that has gone already, and where the server listens on a UNIX socket.
  const address = proxyAddr(request, (_address, hop) => hop < trustedProxies) as string | undefined;
  return networkOf(address ?? 'unknown');
}

export function networkOf(address: string): string {
  const plain = address.slice(0, MAX_LENGTH).toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (mapped) return mapped[1] as string;
  if (!isIPv6(plain)) return plain;
  const [left = '', right] = (plain.split('%')[0] as string).split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right ? right.split(':') : [];
  const zeros = right === undefined ? 0 : GROUPS - before.length - after.length;
  const groups = [...before, ...new Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
