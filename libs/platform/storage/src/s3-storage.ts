import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { FileStorage, STORAGE_KEY, type ByteRange } from './file-storage.js';
import { isMissing, storageError } from './storage-errors.js';

export interface S3Settings {
  bucket: string;
  endpoint: string | undefined;
  region: string;
  accessKeyId: string | undefined;
  secretAccessKey: string | undefined;
  forcePathStyle: boolean;
  prefix: string;
}

const ATTEMPTS = 3;
const CONNECT_TIMEOUT_MS = 3_000;
const IDLE_TIMEOUT_MS = 30_000;
const RETRY_MS = 100;
const NO_LOG = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // The client would write to the console; what it throws is logged by whoever catches it.
}

/** The store is overloaded or broke the connection; anything else fails again. */
function isTransient(error: unknown): boolean {
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode;
  return status === undefined ? typeof code === 'string' : status >= 500 || status === 429;
}

/** Objects in a bucket of any S3-compatible store. The bucket stays private: this server hands the bytes out. */
export class S3Storage extends FileStorage {
  private readonly client: S3Client;

  constructor(private readonly settings: S3Settings) {
    super();
    const { accessKeyId, secretAccessKey } = settings;
    this.client = new S3Client({
      region: settings.region,
      endpoint: settings.endpoint,
      forcePathStyle: settings.forcePathStyle,
      maxAttempts: ATTEMPTS,
      logger: NO_LOG,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: IDLE_TIMEOUT_MS },
      // Checksum trailers, which are the default, are unknown to many S3-compatible stores.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Without keys of our own: the usual chain of roles and profiles.
      ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    });
  }

  async put(key: string, path: string, contentType: string): Promise<void> {
    try {
      const { size } = await stat(path);
      // The client retries by itself, but not what it reads from a stream: that takes a new one.
      for (let attempt = 1; ; attempt += 1) {
        try {
          await this.send(key, path, size, contentType);
          break;
        } catch (error) {
          if (attempt >= ATTEMPTS || !isTransient(error)) throw error;
          await delay(RETRY_MS * attempt);
        }
      }
      await rm(path, { force: true });
    } catch (error) {
      throw storageError(error);
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
    try {
      const { Body } = await this.client.send(
        new GetObjectCommand({
          ...this.at(key),
          ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
        }),
      );
      return Body as Readable;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageError(error);
    }
  }

  async copy(from: string, to: string): Promise<boolean> {
    const source = this.at(from);
    // This one travels in a header, where it has to be encoded by whoever names it.
    const path = `${source.Bucket}/${source.Key}`.split('/').map(encodeURIComponent).join('/');
    try {
      await this.client.send(new CopyObjectCommand({ ...this.at(to), CopySource: path }));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw storageError(error);
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    try {
      // Each by itself: stores disagree about the checksum that deleting many at once needs.
      for (const key of keys) await this.client.send(new DeleteObjectCommand(this.at(key)));
    } catch (error) {
      throw storageError(error);
    }
  }

  override close(): void {
    this.client.destroy();
  }

  private async send(key: string, path: string, size: number, contentType: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        ...this.at(key),
        Body: createReadStream(path),
        ContentLength: size,
        ContentType: contentType,
      }),
    );
  }

  private at(key: string): { Bucket: string; Key: string } {
    if (!STORAGE_KEY.test(key)) throw new Error('Not a storage key');
    return { Bucket: this.settings.bucket, Key: this.settings.prefix + key };
  }
}
