import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 64 * 1_048_576;
const MAX_MS = 10_000;

/**
 * After a refusal: reads and throws away what the client still sends, so that it gets to read the answer (a connection
 * that is closed while data arrives resets, and the answer is lost). A client that goes on all the same is cut off
 * after 64 MB or 10 s.
 */
export function discardRest(request: IncomingMessage): void {
  // `complete` only says that all of it has arrived: what nobody reads keeps the connection from its next request.
  if (request.readableEnded || request.destroyed) return;
  const cut = (): void => void request.socket.destroy();
  const deadline = setTimeout(cut, MAX_MS);
  deadline.unref();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) cut();
  });
  request.once('close', () => clearTimeout(deadline));
  request.once('end', () => clearTimeout(deadline));
  request.on('error', () => undefined);
  request.resume();
}
