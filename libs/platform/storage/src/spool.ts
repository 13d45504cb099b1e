import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FairQueue } from '#libs/platform/events';
import type { Pace } from './pace.js';
import { storageError } from './storage-errors.js';

/**
 * So much goes to the disk at a time, of all files together. A whole file at once would keep it from the database's
 * commits for as long as that takes (docs/storage.md, "Figures").
 */
const FLUSH_BYTES = 262_144;
/** Nothing works on a file for this long: what is older belongs to a process that died. */
const ABANDONED_MS = 3_600_000;

export interface SpooledFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Waits for work of the disk, and tells its faults from those of the stream. */
type OnDisk = <T>(work: Promise<T>) => Promise<T>;

/**
 * Local place for files that arrive or are being made, before they are given to the storage. Memory holds a few
 * chunks of each, whatever their size.
 */
export class Spool {
  private readonly flushing = new FairQueue(1);

  constructor(
    private readonly folder: string,
    private readonly pace: Pace,
  ) {}

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** A path that nothing else uses; whoever asks for it removes it. */
  newPath(): string {
    return join(this.folder, randomUUID());
  }

  /**
   * Writes a stream to a file of its own. Whatever goes wrong, nothing is left of it. Owners take turns.
   * @throws what `tooLarge` makes after `maxBytes`, the stream's own error, SERVICE_UNAVAILABLE for the disk's
   */
  async receive(
    owner: string,
    stream: Readable,
    maxBytes: number,
    tooLarge: () => Error,
  ): Promise<SpooledFile> {
    const path = this.newPath();
    const hash = createHash('sha256');
    const { pace } = this;
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size > maxBytes) return done(tooLarge());
        hash.update(chunk);
        void pace.take(owner, chunk.length).then(() => done(null, chunk));
      },
    });
    let fault: Error | undefined;
    const onDisk: OnDisk = (work) =>
      work.catch((error: unknown) => {
        fault = storageError(error);
        throw fault;
      });
    try {
      await pipeline(stream, measure, (chunks: AsyncIterable<Buffer>) =>
        this.write(owner, path, chunks, onDisk),
      );
      return { path, size, sha256: hash.digest('hex') };
    } catch (error) {
      await this.discard(path);
      // For a fault of the last stage the pipeline throws an AbortError of its own.
      throw fault ?? error;
    }
  }

  private async write(
    owner: string,
    path: string,
    chunks: AsyncIterable<Buffer>,
    onDisk: OnDisk,
  ): Promise<void> {
    const file = await onDisk(open(path, 'wx', 0o600));
    try {
      let unflushed = 0;
      for await (const chunk of chunks) {
        await onDisk(file.appendFile(chunk));
        unflushed += chunk.length;
        if (unflushed < FLUSH_BYTES) continue;
        unflushed = 0;
        await this.flushing.run(owner, () => onDisk(file.datasync()));
      }
    } finally {
      await onDisk(file.close());
    }
  }

  async discard(...paths: string[]): Promise<void> {
    await Promise.all(paths.map((path) => rm(path, { force: true }).catch(() => undefined)));
  }

  /** Removes what a process left that died at work. @returns how many files. */
  async sweep(now = Date.now()): Promise<number> {
    const names = await readdir(this.folder).catch(() => []);
    const old = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        const age = now - ((await stat(path).catch(() => undefined))?.mtimeMs ?? now);
        return age > ABANDONED_MS ? [path] : [];
      }),
    );
    await this.discard(...old.flat());
    return old.flat().length;
  }
}
