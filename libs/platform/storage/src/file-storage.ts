import type { Readable } from 'node:stream';

/** Inclusive, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

export const STORAGE_KEY = /^[a-z]+\/[0-9a-f]{2}\/[0-9a-f-]{36}$/;

/**
 * Where the bytes of files are. A key is made of an id, never of a name that a client chose. All methods throw
 * SERVICE_UNAVAILABLE while the storage cannot do its work; nothing they throw names a path.
 */
export abstract class FileStorage {
  /** Takes over a local file: it is durable under the key when this resolves, and gone from its path. */
  abstract put(key: string, path: string, contentType: string): Promise<void>;
  /** The bytes, or a range of them; undefined where there are none. */
  abstract open(key: string, range?: ByteRange): Promise<Readable | undefined>;
  /**
   * The bytes again under another, unused key, durable when this resolves; removing either leaves the other. They do
   * not pass through this process. False, and nothing is kept, where there are none to copy.
   */
  abstract copy(from: string, to: string): Promise<boolean>;
  /** Removing what is not there is no error. */
  abstract remove(keys: readonly string[]): Promise<void>;
  /** Ends what would keep the process alive. */
  close(): void {}
}
