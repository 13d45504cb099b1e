import type { IncomingMessage } from 'node:http';

/** Whoever reads the body answers within this; then the connection is cut. */
const ANSWER_MS = 1_000;

interface Deadline {
  late: AbortController;
  timer: NodeJS.Timeout;
}

const deadlines = new WeakMap<IncomingMessage, Deadline>();

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * A request whose body has not arrived in time is told so by whoever reads it (`bodyDeadline`), and is cut off where
 * nobody does.
 */
export function startBodyDeadline(request: IncomingMessage, ms: number): void {
  const late = new AbortController();
  const timer = setTimeout(() => {
    if (request.complete) return;
    late.abort();
    const cut = setTimeout(() => request.complete || request.socket.destroy(), ANSWER_MS);
    cut.unref();
  }, ms);
  timer.unref();
  deadlines.set(request, { late, timer });
  const arrived = (): void => clearTimeout(timer);
  request.once('end', arrived);
  request.once('close', arrived);
}

/** Aborts when the body is late. */
export const bodyDeadline = (request: IncomingMessage): AbortSignal | undefined =>
  deadlines.get(request)?.late.signal;

/** For what may take longer and has a rule of its own, such as an upload. */
export const liftBodyDeadline = (request: IncomingMessage): void =>
  clearTimeout(deadlines.get(request)?.timer);
