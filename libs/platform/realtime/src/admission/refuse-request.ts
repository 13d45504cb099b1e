import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { HTTP_STATUS_BY_KIND, type DomainError } from '#libs/platform/errors';
import { failureBody } from '#libs/platform/http';

/** Where Engine.IO keeps the response of a request; upgrades have none. */
export const responseOf = (request: IncomingMessage): ServerResponse | undefined =>
  (request as IncomingMessage & { res?: ServerResponse }).res;

/**
 * Answers a request of Engine.IO as REST answers errors, also one that asks to become a WebSocket: its client may show
 * the status, and tools do.
 */
export function refuseRequest(
  request: IncomingMessage,
  error: DomainError,
  { status = HTTP_STATUS_BY_KIND[error.kind] as number, headers = {} as Record<string, string> } = {},
): void {
  const body = JSON.stringify(failureBody(error));
  const all: Record<string, string> = {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    ...(error.retryAfter === undefined ? {} : { 'Retry-After': String(error.retryAfter) }),
    ...headers,
  };
  const response = responseOf(request);
  if (response) {
    if (!response.headersSent) response.writeHead(status, all).end(body);
    return;
  }
  const { socket } = request;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = Object.entries({ Connection: 'close', ...all }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}
