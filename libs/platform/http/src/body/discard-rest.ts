import type { IncomingMessage } from 'node:http';

/** How much of a body that nobody wants is still read. */
export interface DiscardBounds {
  bytes: number;
  ms: number;
}

const LOOK_EVERY_MS = 100;
/** A client that does not see its refusal by then goes on on purpose. */
const BOUNDS: DiscardBounds = { bytes: 1_048_576, ms: 5_000 };

const discarded = new WeakSet<IncomingMessage>();

/**
 * After a refusal: reads and throws away what the client still sends, so that it gets to read the answer (a connection
 * that is closed while data arrives resets, and the answer is lost). A client that goes on all the same is cut off.
 */
export function discardRest(request: IncomingMessage, bounds: DiscardBounds = BOUNDS): void {
  // `complete` only says that all of it has arrived: what nobody reads keeps the connection from its next request.
  if (request.readableEnded || request.destroyed || discarded.has(request)) return;
  discarded.add(request);
  const cut = (): void => void request.socket.destroy();
  const deadline = setTimeout(cut, bounds.ms);
  deadline.unref();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bounds.bytes) cut();
  });
  request.once('close', () => clearTimeout(deadline));
  request.once('end', () => clearTimeout(deadline));
  request.on('error', () => undefined);
  request.resume();
}

/**
 * After an answer that did not wait for the body: Node itself reads on for as long as the client sends, and tells
 * nobody of it, so that what arrives is seen at the connection alone.
 */
export function cutUnread(request: IncomingMessage): void {
  if (request.complete || request.destroyed || discarded.has(request)) return;
  discarded.add(request);
  const { socket } = request;
  const most = socket.bytesRead + BOUNDS.bytes;
  const until = performance.now() + BOUNDS.ms;
  const timer = setInterval(() => {
    const over = request.complete || socket.destroyed;
    if (!over && socket.bytesRead <= most && performance.now() < until) return;
    clearInterval(timer);
    if (!over) socket.destroy();
  }, LOOK_EVERY_MS);
  timer.unref();
}
