import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws';
import type { Pacer } from './pacer.js';

/** Code of the close frame to one who floods ("policy violation", RFC 6455). */
const POLICY_VIOLATION = 1008;
/** Pieces of one message; browsers send none in more than a few. They are counted as one frame. */
const MAX_FRAGMENTS = 256;

/** Whose every frame, control frames included, passes a pacer before anybody hears of it. */
export class PacedWebSocket extends WebSocket {
  pacer: Pacer | undefined;
  /** Set before it is closed for sending too much. */
  flooded = false;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const { pacer } = this;
    if (!pacer) return super.emit(event, ...args);
    switch (event) {
      case 'message':
        if (pacer.pass()) return super.emit(event, ...args);
        pacer.wait(() => super.emit(event, ...args));
        return true;
      case 'ping':
        if (pacer.pass()) this.answerPing(args[0] as Buffer);
        else pacer.wait(() => this.answerPing(args[0] as Buffer));
        return true;
      case 'pong':
        if (!pacer.pass()) pacer.wait(() => undefined);
        return true;
      case 'close':
        pacer.finish();
    }
    return super.emit(event, ...args);
  }

  override close(code?: number, reason?: string | Buffer): void {
    // What was sent before the close frame comes before the close; from then on nothing can be answered.
    this.pacer?.finish();
    if (this.flooded) super.close(POLICY_VIOLATION, 'Too many frames');
    else super.close(code, reason);
  }

  private answerPing(data: Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.pong(data, false, () => undefined);
  }
}

type PacerOf = (webSocket: PacedWebSocket, request: IncomingMessage) => Pacer;

/** The WebSocket server for Engine.IO (`wsEngine`), whose connections are paced. */
export function pacedWebSockets(pacerOf: PacerOf): new (options: ServerOptions) => WebSocketServer {
  return class extends WebSocketServer {
    constructor(options: ServerOptions) {
      // Pings are answered when their turn has come.
      super({
        ...options,
        WebSocket: PacedWebSocket as never,
        autoPong: false,
        maxFragments: MAX_FRAGMENTS,
      } as ServerOptions);
    }

    override handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (webSocket: WebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, socket, head, (webSocket) => {
        const paced = webSocket as PacedWebSocket;
        const pacer = pacerOf(paced, request);
        paced.pacer = pacer;
        // Of frames that never become a message nothing else is heard.
        socket.on('data', (chunk: Buffer) => pacer.read(chunk.length));
        done(webSocket, request);
      });
    }
  };
}
