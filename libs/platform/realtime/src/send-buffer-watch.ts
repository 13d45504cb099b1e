import type { Logger } from '@nestjs/common';
import type { Server } from 'socket.io';
import { cutConnection, type EngineConnection } from './engine-connection.js';

const CHECK_MS = 1_000;
const MAX_BUFFERED_BYTES = 1_048_576;
/** A peer that does not read does not answer a close frame either; ws alone would wait 30 s for it. */
const CLOSE_WITHIN_MS = 2_000;

interface WebSocketLike {
  bufferedAmount?: number;
  terminate?(): void;
}

interface Connection extends EngineConnection {
  readonly writeBuffer: { data?: unknown }[];
}

/** What waits in the WebSocket, and in Engine.IO behind it, which hands over nothing while a write is under way. */
function bytesQueued({ transport, writeBuffer }: Connection): number {
  let bytes = (transport.socket as WebSocketLike | undefined)?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) if (typeof data === 'string') bytes += data.length;
  return bytes;
}

/**
 * Closes connections that do not read: what is queued to them costs the server memory until the ping timeout. Also
 * sees to it that a connection which is being closed lets go of its descriptor soon.
 * @returns stops watching.
 */
export function watchSendBuffers(server: Server, maxPackets: number, logger: Logger): () => void {
  const closingSince = new WeakMap<Connection, number>();

  const check = (): void => {
    const clients = (server.engine as unknown as { clients: Record<string, Connection> }).clients;
    const now = performance.now();
    for (const connection of Object.values(clients)) {
      if (connection.readyState === 'closing') {
        const since = closingSince.get(connection) ?? now;
        closingSince.set(connection, since);
        if (now - since >= CLOSE_WITHIN_MS) cutConnection(connection);
        continue;
      }
      const bytes = bytesQueued(connection);
      if (connection.writeBuffer.length <= maxPackets && bytes <= MAX_BUFFERED_BYTES) continue;
      logger.warn(
        { connection: connection.id, packets: connection.writeBuffer.length, bytes },
        'Closed a connection that does not read',
      );
      cutConnection(connection);
    }
  };

  server.engine.on('connection', (connection: Connection) =>
    connection.once('close', () => {
      const webSocket = connection.transport.socket;
      setTimeout(() => webSocket?.terminate?.(), CLOSE_WITHIN_MS).unref();
    }),
  );
  const timer = setInterval(check, CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
