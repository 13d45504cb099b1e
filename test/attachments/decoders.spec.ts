import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metrics } from '#libs/platform/metrics';
import { DecoderProcess } from '../../libs/attachments/src/decoding/decoder-process.js';
import { Decoders } from '../../libs/attachments/src/decoding/decoders.js';
import type { DecoderTasks } from '../../libs/attachments/src/decoding/protocol.js';
import { isAlive } from '../support/process.js';
import { animation, png } from './support/files.js';

describe('DecoderProcess', () => {
  let folder: string;
  let decoder: DecoderProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(process.env.SWITCHBOARD_TEST_DIR ?? tmpdir(), 'decoders-'));
    await writeFile(join(folder, 'small'), (await png()).bytes);
    await writeFile(join(folder, 'large'), (await animation(100, 400, 400)).bytes);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => (decoder = new DecoderProcess()));
  afterEach(() => decoder.end());

  const picture = (source: string, type: 'png' | 'gif'): DecoderTasks['picture']['ask'] => ({
    source: join(folder, source),
    type,
    bounds: { maxDimension: 2_560, thumbnailSize: 320 },
    target: { picture: join(folder, 'picture'), thumbnail: join(folder, 'thumbnail') },
    weight: 'heavy',
  });
  const small = () => decoder.ask('picture', picture('small', 'png'), 10_000);
  const childOf = async (): Promise<number> => {
    const tasks = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
    return Number(tasks.trim().split(' ').at(-1));
  };

  it('makes a picture anew', async () => {
    expect(await small()).toMatchObject({ width: 64, height: 48 });
  });

  it('is ended by a file that takes too long, and then works again', async () => {
    await small();
    await expect(decoder.ask('picture', picture('large', 'gif'), 50)).rejects.toMatchObject({
      fault: 'damaged',
    });
    expect(await small()).toMatchObject({ width: 64 });
  });

  it('ends what nobody waits for any more before it says so', async () => {
    await small();
    const pid = await childOf();
    const caller = new AbortController();
    const asked = decoder.ask('picture', picture('large', 'gif'), 20_000, caller.signal);
    caller.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    if (process.platform === 'linux') expect(isAlive(pid)).toBe(false);
    expect(await small()).toMatchObject({ width: 64 });
  });

  it('tells what is damaged from what it cannot write', async () => {
    await writeFile(join(folder, 'broken'), (await png()).bytes.subarray(0, 60));
    await expect(decoder.ask('picture', picture('broken', 'png'), 10_000)).rejects.toMatchObject({
      fault: 'damaged',
    });
    const nowhere = {
      ...picture('small', 'png'),
      target: { picture: '/nowhere/a', thumbnail: '/nowhere/b' },
    };
    await expect(decoder.ask('picture', nowhere, 10_000)).rejects.toMatchObject({ fault: 'disk' });
  });
});

describe('Decoders', () => {
  it('lets nobody have more waiting than there is room for', async () => {
    const decoders = new Decoders(new Metrics());
    const calling = new AbortController();
    const turn = (userId: string, weight: 'light' | 'heavy' = 'heavy') =>
      decoders.turn(weight, { userId, gone: calling.signal }, () => new Promise<void>(() => undefined));
    const refused: unknown[] = [];
    for (let count = 0; count < 80; count += 1) turn('a').catch((error: unknown) => refused.push(error));
    for (const other of [turn('b'), turn('a', 'light')]) other.catch((error: unknown) => refused.push(error));
    await new Promise((resolve) => setImmediate(resolve));
    const before = refused.length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(80);
    expect(refused[0]).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 10 });
    // Whoever else comes may wait.
    calling.abort(new Error('gone'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(refused.slice(before)).toContainEqual(new Error('gone'));
  });
});
