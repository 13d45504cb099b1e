import type { Server } from 'socket.io';

interface EngineConnection {
  request: HandshakeRequest;
}
interface HandshakeRequest {
  headers: Record<string, string | string[] | undefined>;
  url: string | undefined;
  connection: { encrypted?: boolean };
  _query: Record<string, unknown>;
}

/**
 * Engine.IO keeps the HTTP request of the handshake, with its streams and raw headers, for as long as the connection
 * lives. Only what Socket.IO makes a handshake of is kept (each namespace that a connection enters later makes its
 * own), and of the headers only the token: nothing else is read.
 */
export function slimHandshakes(server: Server): void {
  const engine = server.engine as unknown as {
    prependListener(event: 'connection', listener: (connection: EngineConnection) => void): void;
  };
  engine.prependListener('connection', (connection) => {
    const { headers, url, connection: transport, _query } = connection.request;
    const { authorization } = headers;
    connection.request = {
      headers: authorization === undefined ? {} : { authorization },
      url,
      connection: { encrypted: transport.encrypted },
      _query,
    };
  });
}
