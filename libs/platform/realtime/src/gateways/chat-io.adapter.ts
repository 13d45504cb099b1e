import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import { RealtimeServer } from '../realtime-server.js';
import type { ChatSocket } from '../socket-types.js';
import { SocketEvents } from './socket-events.js';

type OnConnection = (socket: ChatSocket) => void;

/**
 * Nest's gateways on our Socket.IO server. Nest finds them and gives them their server; how an event travels is ours
 * (docs/gateways.md): as it comes, IoAdapter costs hundreds of kilobytes for a connection, loses the order of events and
 * never answers unknown ones.
 */
export class ChatIoAdapter extends IoAdapter {
  private readonly realtime: RealtimeServer;
  private readonly events: SocketEvents;
  private bound = false;

  constructor(app: INestApplication) {
    super(app);
    this.realtime = app.get(RealtimeServer);
    this.events = app.get(SocketEvents);
  }

  /** Nest asks once for each port and path that gateways name; ours name none. */
  override createIOServer(port: number, options: { path?: string } = {}): Server {
    if (port !== 0 || options.path !== undefined)
      throw new Error(
        'Sockets are served by the one HTTP server: no gateway may have a port or path of its own',
      );
    return this.realtime.attach(this.httpServer as HttpServer);
  }

  /**
   * Nest calls this for each gateway, and would bind its methods to each connection. Once is enough, in every namespace:
   * a dialect may be spoken in several, for which a gateway of Nest has no words.
   */
  override bindClientConnect(_server: Server, connect: OnConnection): void {
    if (this.bound) return;
    this.bound = true;
    for (const name of this.realtime.namespaces()) this.realtime.namespace(name).on('connection', connect);
  }

  /** Gateways have no `handleDisconnect` (GatewayEnhancers), so nobody listens for it. */
  override bindClientDisconnect(): void {}

  /** Of each connection, once. What Nest has prepared for it is left to the garbage collector. */
  override bindMessageHandlers(socket: ChatSocket): void {
    this.events.listen(socket);
  }

  /** Nest closes it when the server stops; the transports may be closed by then (`Connections`). */
  override close(): Promise<void> {
    return this.realtime.close();
  }
}
