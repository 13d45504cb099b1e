import { connect, type Socket } from 'node:net';
import type { Person, World } from '../../support/world.js';
import { UPLOAD_PATH } from './uploads.js';

const BOUNDARY = 'test-boundary-7c1d';

/** An upload by hand, byte for byte, for what no well-behaved client does. */
export class RawUpload {
  private answer = '';
  private readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Sends the head of a request whose form begins with one file. */
  static async begin(
    world: World,
    person: Person,
    contentLength: number,
    fileName = 'big.pdf',
  ): Promise<RawUpload> {
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const upload = new RawUpload(socket);
    await upload.write(
      `POST ${UPLOAD_PATH} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${person.token}\r\n` +
        `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${contentLength}\r\n\r\n` +
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
        'Content-Type: application/pdf\r\n\r\n%PDF-1.7\n',
    );
    return upload;
  }

  /** The parts after the file, and the end of the form. */
  static ending(fields: Record<string, string>): string {
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
    );
    return `${parts.join('')}\r\n--${BOUNDARY}--\r\n`;
  }

  write(data: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(data, () => resolve()));
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  /** Waits for a whole answer. @returns its status, and its body as JSON. */
  async answered(): Promise<{ status: number; body: { code: string; details: Record<string, unknown>[] } }> {
    for (;;) {
      const [head, body] = this.answer.split('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(head ?? '')?.[1];
      if (body !== undefined && length !== undefined && body.length >= Number(length))
        return { status: Number(head!.split(' ')[1]), body: JSON.parse(body.slice(0, Number(length))) };
      await Promise.race([
        new Promise((resolve) => this.socket.once('data', resolve)),
        this.closed.then(() => {
          throw new Error(`The connection was closed; received: ${JSON.stringify(this.answer)}`);
        }),
      ]);
    }
  }

  forget(): void {
    this.answer = '';
  }

  /** Goes away without a word. */
  async cut(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
