import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DiskStorage } from './disk-storage.js';

const SOURCE = 'originals/aa/00000000-0000-7000-8000-0000000000aa';
const TARGET = 'originals/bb/00000000-0000-7000-8000-0000000000bb';
const BYTES = Buffer.from('what was uploaded');

describe('copying on a disk', () => {
  let root: string;
  let storage: DiskStorage;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'storage-'));
    storage = new DiskStorage(root);
    const received = join(root, 'received');
    await writeFile(received, BYTES);
    await storage.put(SOURCE, received);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const inode = async (key: string): Promise<number> => (await stat(join(root, key))).ino;
  const read = async (key: string): Promise<Buffer> => buffer((await storage.open(key))!);

  it('takes no space where the file system knows second names', async () => {
    expect(await storage.copy(SOURCE, TARGET)).toBe(true);
    expect(await inode(TARGET)).toBe(await inode(SOURCE));
    await storage.remove([SOURCE]);
    expect(await read(TARGET)).toEqual(BYTES);
  });

  it('does not replace what is there', async () => {
    const other = join(root, 'other');
    await writeFile(other, 'something else');
    await storage.put(TARGET, other);
    await expect(storage.copy(SOURCE, TARGET)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await read(TARGET)).toEqual(Buffer.from('something else'));
  });

  describe('where the two are on different file systems', () => {
    let elsewhere: string | undefined;

    beforeEach(async () => {
      const memory = await stat('/dev/shm').catch(() => undefined);
      if (!memory || memory.dev === (await stat(root)).dev) {
        process.stderr.write('There is no second file system in /dev/shm: its tests are skipped.\n');
        return;
      }
      elsewhere = await mkdtemp('/dev/shm/storage-');
      await mkdir(join(root, 'originals'), { recursive: true });
      await symlink(elsewhere, join(root, 'originals/bb'));
    });
    afterEach(async () => {
      if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
    });

    it('copies the bytes', async () => {
      if (!elsewhere) return;
      expect(await storage.copy(SOURCE, TARGET)).toBe(true);
      await storage.remove([SOURCE]);
      expect(await read(TARGET)).toEqual(BYTES);
    });

    it('leaves nothing where there was nothing to copy', async () => {
      if (!elsewhere) return;
      await storage.remove([SOURCE]);
      expect(await storage.copy(SOURCE, TARGET)).toBe(false);
      expect(await readdir(elsewhere)).toEqual([]);
    });
  });
});
