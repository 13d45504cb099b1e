import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { AppConfigShape } from '#libs/platform/config';
import { hasBody, startBodyDeadline } from './body-deadline.js';
import { cutUnread } from './discard-rest.js';

/**
 * Longer than the 60 s of common proxies: whoever closes first must be the one that sends, or a request meets a
 * connection that is just being closed.
 */
const KEEP_ALIVE_MS = 65_000;
/** Most time between two looks for requests that are late; Node's own is 30 s. */
const LOOK_EVERY_MS = 5_000;

type Limits = Pick<AppConfigShape['http'], 'headersTimeoutMs' | 'bodyTimeoutMs' | 'requestTimeoutMs'>;

/**
 * Nest's Express with bounds for clients that are slow or do not stop: headers, bodies and whole requests have their
 * time, for REST, pages and Socket.IO's polling alike.
 */
export class ChatHttpAdapter extends ExpressAdapter {
  constructor(private readonly limits: Limits) {
    super();
  }

  override initHttpServer(): void {
    const { headersTimeoutMs, requestTimeoutMs } = this.limits;
    const options = {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: headersTimeoutMs,
      requestTimeout: Math.max(headersTimeoutMs, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(LOOK_EVERY_MS, headersTimeoutMs),
    };
    this.httpServer = createServer(options, this.getInstance());
  }

  override listen(port: string | number, ...rest: []): Server {
    // Now that Socket.IO has put itself before Express, so that its requests pass here, too.
    this.httpServer.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!hasBody(request)) return;
      startBodyDeadline(request, this.limits.bodyTimeoutMs);
      response.once('finish', () => cutUnread(request));
    });
    return super.listen(port, ...rest);
  }
}
