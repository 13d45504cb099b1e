import type { Server } from 'socket.io';

interface NetSocket {
  cork(): void;
  uncork(): void;
  destroyed: boolean;
}
interface EngineConnection {
  readyState: string;
  transport: { name: string; socket?: { _socket?: NetSocket } };
  flush?(): void;
}

/** Connections that were sent something in this turn of the event loop. */
let unsent = new Set<EngineConnection>();

function flushLater(this: EngineConnection): void {
  // Its transport may close before the turn ends.
  if (this.readyState === 'closing') return flush(this);
  if (unsent.size === 0) setImmediate(flushUnsent);
  unsent.add(this);
}

function flush(connection: EngineConnection): void {
  const { transport } = connection;
  const ownFlush = (Object.getPrototypeOf(connection) as Required<EngineConnection>).flush;
  // The TCP socket is a private field of ws; where it is not found frames go out one by one.
  const socket = transport.name === 'websocket' ? transport.socket?._socket : undefined;
  socket?.cork();
  ownFlush.call(connection);
  if (socket && !socket.destroyed) socket.uncork();
}

/** Sends at once what this turn of the event loop has said so far; for those who close transports. */
export function flushUnsent(): void {
  const connections = unsent;
  unsent = new Set();
  for (const connection of connections) flush(connection);
}

/**
 * What one turn of the event loop says to a connection leaves at its end, in one system call (docs/benchmarks.md).
 * Engine.IO by itself writes the first packet at once, and the others when that is written: two calls and another turn
 * for an event with its acknowledgement. Relies on a private method of Engine.IO (pinned version, `turn-writes.spec.ts`).
 */
export function writeOnceATurn(server: Server): void {
  server.engine.on('connection', (connection: EngineConnection) => {
    if (typeof connection.flush === 'function') connection.flush = flushLater;
  });
}
