import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { World, type Person } from '../support/world.js';
import { noisyJpeg, pdf, type TestFile } from './support/files.js';
import { rowCount } from './support/server.js';
import { download, mustUpload, upload } from './support/uploads.js';

/** Some 2 MB: room for a small file, and not for a large one. */
const SIZE = '2m';

async function mountTmpfs(): Promise<string | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', path]).status === 0) return path;
  await rm(path, { recursive: true });
  return undefined;
}

describe('a disk that is full', () => {
  let disk: string | undefined;
  let world: World | undefined;
  let customer: Person;
  let room: string;

  beforeAll(async () => {
    disk = await mountTmpfs();
    if (!disk) {
      process.stderr.write('Mounting a tmpfs needs root: the tests of a full disk are skipped.\n');
      return;
    }
    world = await World.start({ DATA_DIR: disk });
    customer = world.person('customer');
    room = await world.serviceRoom([customer]);
  });
  afterAll(async () => {
    await world?.stop();
    if (!disk) return;
    spawnSync('umount', [disk]);
    await rm(disk, { recursive: true, force: true });
  });

  it.each<[string, () => Promise<TestFile>]>([
    ['while a file arrives', () => Promise.resolve(pdf(5_000_000))],
    ['while a picture is made anew', () => noisyJpeg(1_000, 1_000)],
  ])('%s: says so, keeps nothing, and goes on with what fits', async (_when, file) => {
    if (!world || !disk) return;
    const before = await mustUpload(world, customer, room, pdf(100_000));
    const rows = await rowCount(world);
    const filling = join(disk, 'filling');
    const large = await file();
    // Leaves 200 kB beside what arrives: what is made of it does not fit there.
    const { bavail, bsize } = await statfs(disk);
    const free = bavail * bsize;
    if (large.bytes.length < free)
      await writeFile(filling, Buffer.alloc(free - large.bytes.length - 200_000));
    const { status, body, headers } = await upload(world, customer, room, large);
    expect([status, body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(body.error).toMatch(/no space left for files/);
    expect(JSON.stringify(body)).not.toMatch(/ENOSPC|\/tmp|incoming/);
    expect(headers.get('retry-after')).toBeTruthy();
    expect(await readdir(join(disk, 'files', 'incoming'))).toEqual([]);
    expect(await rowCount(world)).toBe(rows);
    await rm(filling, { force: true });
    expect((await download(world, before.url)).bytes.length).toBe(100_000);
    expect((await upload(world, customer, room, pdf(100_000))).status).toBe(201);
  });
});
