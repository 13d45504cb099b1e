import type { IncomingMessage } from 'node:http';

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

function hostOf(origin: string): URL | undefined {
  try {
    return new URL(origin);
  } catch {
    return undefined;
  }
}

/**
 * Whether a page of this origin may talk to the chat: listed, the server's own, or (development, when nothing is
 * listed) any page of this machine. Clients that are no browser send no origin and pass.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[] | undefined,
): boolean {
  if (origin === undefined) return true;
  if (allowed?.includes('*') || allowed?.includes(origin)) return true;
  const url = hostOf(origin);
  if (!url) return false;
  if (host !== undefined && url.host === host) return true;
  return allowed === undefined && LOCAL_HOSTS.has(url.hostname);
}

export const isRequestAllowed = (request: IncomingMessage, allowed: readonly string[] | undefined): boolean =>
  isOriginAllowed(request.headers.origin, request.headers.host, allowed);
