import type { IncomingMessage } from 'node:http';

/** What is used of an Engine.IO connection, its public parts and a few private ones (pinned version). */
export interface EngineConnection {
  readonly id: string;
  readonly readyState: string;
  readonly request: IncomingMessage;
  readonly transport: EngineTransport;
  close(discard?: boolean): void;
  on(event: 'upgrade', listener: (transport: EngineTransport) => void): void;
  once(event: 'close', listener: () => void): void;
}

export interface EngineTransport {
  readonly name: string;
  /** Of WebSocket transports. */
  readonly socket?: { terminate?(): void };
  /** Of polling transports that wait for a poll to say that they close. */
  shouldClose?: (() => void) | null;
  close(): void;
}

/** Ends a connection whose client may not listen any more: nothing is left to wait for it. */
export function cutConnection(connection: EngineConnection): void {
  const { transport } = connection;
  connection.close(true);
  // A polling transport that was closing already waits 30 s for a poll that may never come.
  transport.shouldClose?.();
  transport.socket?.terminate?.();
}
