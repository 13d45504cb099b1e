import { connect, type Socket } from 'node:net';
import type { Person, World } from '../../support/world.js';

/** A form as bytes, sent over a plain connection, so that a client can leave at any byte. */
export class LeavingClient {
  private constructor(
    private readonly socket: Socket,
    private readonly body: Buffer,
  ) {}

  static async begin(world: World, person: Person, path: string, form: FormData): Promise<LeavingClient> {
    const encoded = new Response(form);
    const body = Buffer.from(await encoded.arrayBuffer());
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const client = new LeavingClient(socket, body);
    await client.write(
      `POST ${path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${person.token}\r\n` +
        `Content-Type: ${encoded.headers.get('content-type')}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    return client;
  }

  /** @param share of the body, 0 to 1 */
  async send(share: number): Promise<void> {
    if (share > 0) await this.write(this.body.subarray(0, Math.ceil(this.body.length * share)));
  }

  /** By a reset, or politely. */
  async leave(how: 'reset' | 'close'): Promise<void> {
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    if (how === 'reset') this.socket.resetAndDestroy();
    else this.socket.destroy();
    await closed;
  }

  private write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }
}
