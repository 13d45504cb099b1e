import type { Server } from 'node:http';

/** Requests that are still under way then are cut. */
const CUT_REQUESTS_MS = 3_000;
const LOOK_AT_CONNECTIONS_MS = 100;

/** Before the server closes: connections kept alive for a next request would keep it, and slow clients forever. */
export function releaseConnections(server: Server): void {
  const cutAt = performance.now() + CUT_REQUESTS_MS;
  const timer = setInterval(() => {
    if (performance.now() > cutAt) server.closeAllConnections();
    else server.closeIdleConnections();
  }, LOOK_AT_CONNECTIONS_MS);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
