import type { IncomingMessage } from 'node:http';

/** What arrives at the slowest within each window: a byte now and then is no upload. */
const LEAST_BYTES = 4_096;

/**
 * Tells when a body stands still: when less than 4 kB came within a window in which we took whatever came.
 * @returns ends the watch
 */
export function watchProgress(request: IncomingMessage, windowMs: number, stalled: () => void): () => void {
  const { socket } = request;
  let seen = socket.bytesRead;
  // While the disk or the turns of others keep us, the client has to wait and not we.
  let held = false;
  const hold = (): void => void (held = true);
  request.on('pause', hold);
  const timer = setInterval(() => {
    const arrived = socket.bytesRead - seen;
    const ours = held || request.isPaused();
    seen = socket.bytesRead;
    held = false;
    if (!ours && !request.complete && arrived < LEAST_BYTES) stalled();
  }, windowMs);
  return () => {
    clearInterval(timer);
    request.off('pause', hold);
  };
}
