import type { IncomingMessage } from 'node:http';
import { attachmentErrors } from '../attachments.errors.js';

export interface ClientWatch {
  /** Aborts when the connection ends; its reason is what the work for this client fails with. */
  readonly gone: AbortSignal;
  /** The connection may serve other requests from now on. */
  end(): void;
}

/**
 * Tells when the client goes away, at whatever moment. The request itself is silent about that once its body was read,
 * and the answer is sent long after.
 */
export function watchClient(request: IncomingMessage): ClientWatch {
  const { socket } = request;
  const controller = new AbortController();
  const leave = (): void => controller.abort(attachmentErrors.clientGone());
  socket.once('close', leave);
  if (socket.destroyed) leave();
  return { gone: controller.signal, end: () => void socket.off('close', leave) };
}
