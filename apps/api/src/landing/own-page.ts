import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(::1|(::ffff:)?127\.)/;
const OWN_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);
/** What proxies add: then the peer, who is on this machine, is not who asks. */
const OF_PROXIES = /^(forwarded|x-forwarded-.*|x-real-ip|via)$/;

/** Whether a URL's host is a name of this machine that nobody else can give to another address. */
function isOwn(url: string): boolean {
  try {
    return OWN_HOSTS.has(new URL(url).hostname);
  } catch {
    return false;
  }
}

/**
 * Whether a request comes from a program on this machine, or from a page that this machine served. The address alone
 * does not tell: a reverse proxy has it too, and so has the browser that shows a foreign page whose name was made to
 * lead here (DNS rebinding); but then `Host` or `Origin` is foreign.
 */
export function isFromThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (!LOOPBACK.test(socket.remoteAddress ?? '')) return false;
  if (Object.keys(headers).some((name) => OF_PROXIES.test(name))) return false;
  if (!isOwn(`http://${headers.host ?? ''}`)) return false;
  if (headers.origin !== undefined && !isOwn(headers.origin)) return false;
  return headers['sec-fetch-site'] !== 'cross-site';
}
