import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as ClientSocket } from 'socket.io-client';
import { flushUnsent, writeOnceATurn } from './turn-writes.js';

const TRANSPORTS = ['websocket', 'polling'] as const;

describe.each(TRANSPORTS)('what one turn of the event loop says by %s', (transport) => {
  let http: HttpServer;
  let server: Server;
  let client: ClientSocket;
  let socket: Socket;
  /** Packets of each flush, in order. */
  let flushes: number[];
  let heard: string[];

  beforeEach(async () => {
    http = createServer();
    server = new Server(http);
    writeOnceATurn(server);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    client = io(url, { transports: [transport], reconnection: false });
    heard = [];
    client.onAny((event: string) => heard.push(event));
    [socket] = (await once(server, 'connection')) as [Socket];
    if (!client.connected) await once(client as never, 'connect');
    flushes = [];
    server.engine.on('flush', (_connection: unknown, packets: unknown[]) => flushes.push(packets.length));
  });
  afterEach(async () => {
    if (client.connected) {
      const ended = once(client as never, 'disconnect');
      socket.disconnect(true);
      await ended;
    }
    await server.close();
  });

  it('leaves at once, in order', async () => {
    const acknowledged = once(socket as never, 'asked').then(([ack]) => {
      socket.emit('first');
      socket.emit('second');
      (ack as (answer: string) => void)('answer');
    });
    const answer = await client.timeout(3_000).emitWithAck('asked');
    await acknowledged;
    expect([...heard, answer]).toEqual(['first', 'second', 'answer']);
    expect(flushes).toEqual([3]);
  });

  it('leaves before the connection ends', async () => {
    const ended = once(client as never, 'disconnect');
    socket.emit('first');
    socket.emit('last');
    socket.disconnect(true);
    await ended;
    expect(heard).toEqual(['first', 'last']);
  });

  // By polling nothing leaves before the client asks.
  if (transport === 'websocket')
    it('leaves earlier for those who close transports', async () => {
      socket.emit('first');
      flushUnsent();
      expect(flushes).toEqual([1]);
      socket.emit('second');
      const ended = once(client as never, 'disconnect');
      socket.disconnect(true);
      await ended;
      expect(heard).toEqual(['first', 'second']);
    });
});
