import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { ConnectionPool } from './pool.js';

/** A message of PostgreSQL's protocol: type, length, body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const READY = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const SHUTDOWN = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

describe('the pool', () => {
  let server: Server;
  let url: string;
  let pool: ConnectionPool;

  /** A server that ends its connections in the very chunk that says that they are ready. */
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([READY, SHUTDOWN])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `postgresql://user@127.0.0.1:${(server.address() as AddressInfo).port}/chat`;
    pool = new ConnectionPool(url, {
      poolSize: 2,
      connectTimeoutMs: 2_000,
      queryTimeoutMs: 2_000,
      reconnectMs: 500,
    });
  });
  afterEach(async () => {
    await pool.close(500);
    server.close();
  });

  it('survives a connection that the server ends as soon as it is ready', async () => {
    // What nobody listens to would be an uncaught exception, and fail this test.
    const { client, release } = await pool.acquire();
    await expect(client.query('SELECT 1')).rejects.toThrow();
    release(true);
  });
});
