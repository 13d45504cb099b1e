import { Availability } from './availability.js';

const RECONNECT_MS = 40;
const timeout = (): Error => new Error('timeout expired');
const refused = (): Error => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

describe('whether the database answers', () => {
  let availability: Availability;
  let outcomes: ((error?: Error) => void)[];
  let lost: number;
  let found: number;

  beforeEach(() => {
    outcomes = [];
    lost = 0;
    found = 0;
    availability = new Availability({
      probe: () =>
        new Promise((resolve, reject) =>
          outcomes.push((error) => (error === undefined ? resolve() : reject(error))),
        ),
      reconnectMs: RECONNECT_MS,
      lost: () => (lost += 1),
      found: () => (found += 1),
    });
  });
  afterEach(() => availability.stop());

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  /** A call that fails makes one probe ask. */
  const suspect = (): Promise<unknown> =>
    availability.during(() => Promise.reject(refused())).catch(() => undefined);
  /** Longer than a tick of the watch and the stall that it notices. */
  const standStill = (): void => {
    const end = performance.now() + 1_200;
    while (performance.now() < end);
  };
  const finish = async (probe: number, error?: Error): Promise<void> => {
    outcomes[probe]?.(error);
    await turn();
  };

  it('one failed call makes a probe ask; calls wait for it, and go on when it answers', async () => {
    await suspect();
    const call = availability.during(() => Promise.resolve('done'));
    await finish(0);
    await expect(call).resolves.toBe('done');
    expect(lost).toBe(0);
  });

  it('a probe that runs out of time: away, and calls are refused at once', async () => {
    await suspect();
    await finish(0, timeout());
    expect(lost).toBe(1);
    await expect(availability.during(() => Promise.resolve('done'))).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
  });

  it('while it is away it is asked again and again, at the configured pace; then calls go on', async () => {
    let asked = 0;
    const calm = new Availability({
      probe: () => Promise.reject(refused()).finally(() => (asked += 1)),
      reconnectMs: 60_000,
      lost: () => undefined,
      found: () => undefined,
    });
    await calm.during(() => Promise.reject(refused())).catch(() => undefined);
    await suspect();
    await finish(0, timeout());
    for (let probe = 1; probe <= 2; probe += 1) {
      while (outcomes.length <= probe) await new Promise((resolve) => setTimeout(resolve, 1));
      await finish(probe, probe === 1 ? timeout() : undefined);
    }
    await expect(availability.during(() => Promise.resolve('done'))).resolves.toBe('done');
    expect([lost, asked]).toEqual([1, 1]);
    calm.stop();
  });

  it('a probe that ran out of time while the process itself stood still is made again', async () => {
    await suspect();
    standStill();
    await finish(0, timeout());
    expect(lost).toBe(0);
    expect(outcomes).toHaveLength(2);
    const call = availability.during(() => Promise.resolve('done'));
    await finish(1);
    await expect(call).resolves.toBe('done');
  });

  it('and once more only: the second one began after the stall', async () => {
    await suspect();
    standStill();
    await finish(0, timeout());
    await finish(1, timeout());
    expect(lost).toBe(1);
  });

  it('a refused connection is an answer, however long it took', async () => {
    await suspect();
    standStill();
    await finish(0, refused());
    expect(lost).toBe(1);
  });
});
