import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

export interface DocumentOptions {
  /** As in `Content-Type`. */
  type: string;
  render: () => string | Buffer | Promise<string | Buffer>;
  /** Besides the usual ones. */
  headers?: Readonly<Record<string, string>>;
  /** For how long a rendering is answered with; for ever unless told. */
  keepMs?: number;
}

/** Best first. */
const ENCODINGS = ['br', 'gzip'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** Below this, compression saves no packet. */
const LEAST_BYTES = 1_024;
const COMPRESSIBLE = /^(text\/|application\/(json|javascript)|image\/svg)/;
/** Nearly as small as the best, in a hundredth of its time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

const COMPRESS: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, BROTLI),
  gzip: (body) => promisify(gzip)(body),
};

/** One rendering, and what compression made of it. */
class Rendering {
  readonly tag: string;
  private readonly compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(readonly body: Buffer) {
    this.tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  }

  in(encoding: Encoding | undefined): Buffer | Promise<Buffer> {
    if (!encoding) return this.body;
    let compressed = this.compressed.get(encoding);
    if (!compressed) this.compressed.set(encoding, (compressed = COMPRESS[encoding](this.body)));
    return compressed;
  }
}

/**
 * A document that anybody may have without a token: rendered and compressed once, whoever asks how often, and answered
 * from memory. Who has it already is told so.
 */
export class KeptDocument {
  private rendering: Promise<Rendering> | undefined;
  private renderedAt = 0;

  constructor(private readonly options: DocumentOptions) {}

  async send(request: Request, response: Response): Promise<void> {
    const { type, headers = {} } = this.options;
    const rendering = await this.current();
    const compresses = COMPRESSIBLE.test(type) && rendering.body.length >= LEAST_BYTES;
    const encoding = compresses ? ENCODINGS.find((one) => request.acceptsEncodings(one) === one) : undefined;
    response.set({
      'Content-Type': type,
      'Cache-Control': 'public, max-age=0',
      ETag: `"${rendering.tag}${encoding === undefined ? '' : `-${encoding}`}"`,
      ...headers,
    });
    if (compresses) response.vary('Accept-Encoding');
    if (encoding) response.set('Content-Encoding', encoding);
    response.send(await rendering.in(encoding));
  }

  /** Everybody who asks while it is made waits for the same one. */
  private current(): Promise<Rendering> {
    const { keepMs = Infinity } = this.options;
    if (!this.rendering || performance.now() - this.renderedAt >= keepMs) {
      this.renderedAt = performance.now();
      const made = this.make();
      made.catch(() => this.rendering === made && (this.rendering = undefined));
      this.rendering = made;
    }
    return this.rendering;
  }

  private async make(): Promise<Rendering> {
    return new Rendering(Buffer.from(await this.options.render()));
  }
}
