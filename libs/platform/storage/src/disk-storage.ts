import { createReadStream } from 'node:fs';
import { constants, copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { FileStorage, STORAGE_KEY, type ByteRange } from './file-storage.js';
import { isMissing, storageError } from './storage-errors.js';

/** What a file system answers that has no second names, or none for this file. */
const NO_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Files below one folder, which also holds the spool: taking a file over is a rename. */
export class DiskStorage extends FileStorage {
  constructor(private readonly root: string) {
    super();
  }

  async put(key: string, path: string): Promise<void> {
    const target = this.pathOf(key);
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await flush(path);
      await rename(path, target);
      // The name is durable only once its folder is.
      await flush(dirname(target));
    } catch (error) {
      throw storageError(error);
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
    try {
      const handle = await open(this.pathOf(key), 'r');
      return createReadStream('', { fd: handle, ...range });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageError(error);
    }
  }

  async copy(from: string, to: string): Promise<boolean> {
    const target = this.pathOf(to);
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await linkOrCopy(this.pathOf(from), target);
      await flush(dirname(target));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw storageError(error);
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    try {
      await Promise.all(keys.map((key) => rm(this.pathOf(key), { force: true })));
    } catch (error) {
      throw storageError(error);
    }
  }

  private pathOf(key: string): string {
    if (!STORAGE_KEY.test(key)) throw new Error('Not a storage key');
    return join(this.root, key);
  }
}

/** A second name for the same bytes: stored files never change. It takes neither space nor time of the disk. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
    return;
  } catch (error) {
    if (!NO_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    await flush(target);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
