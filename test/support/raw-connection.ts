import { connect, type Socket } from 'node:net';

const WITHIN_MS = 30_000;

/** A client that writes what it likes when it likes, and sees what comes back and when it is cut off. */
export class RawConnection {
  received = '';
  sentBytes = 0;
  private readonly lookers = new Set<() => void>();

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.look();
    });
    socket.on('close', () => this.look());
  }

  static async to(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return connection;
  }

  /** Lines of the head of a request, without the empty one. */
  head(requestLine: string, headers: Record<string, string>): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.write(`${requestLine} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`);
  }

  write(data: string | Buffer): void {
    this.sentBytes += data.length;
    this.socket.write(data);
  }

  /** Sends this again and again, as fast as it is taken, until the connection ends. */
  flood(data: Buffer): void {
    const more = (): void => {
      while (!this.socket.destroyed && this.socket.writable) {
        this.sentBytes += data.length;
        if (!this.socket.write(data)) return;
      }
    };
    this.socket.on('drain', more);
    more();
  }

  get ended(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves with the status of the answer. */
  status(): Promise<number> {
    return this.until('an answer', () => Number(/^HTTP\/1\.1 (\d+)/.exec(this.received)?.[1] ?? 0));
  }

  /** Resolves when the server has ended the connection. */
  async cut(): Promise<void> {
    await this.until('the end of the connection', () => this.ended);
  }

  close(): void {
    this.socket.destroy();
  }

  private until<T>(what: string, find: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        this.lookers.delete(look);
        resolve(found);
      };
      const timer = setTimeout(
        () => reject(new Error(`No ${what} within ${WITHIN_MS} ms; received: ${this.received}`)),
        WITHIN_MS,
      );
      this.lookers.add(look);
      look();
    });
  }

  private look(): void {
    for (const look of [...this.lookers]) look();
  }
}
