import { ReadLanes } from './read-lanes.js';

/** Reads that last until they are told to end. */
function reads(lanes: ReadLanes) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, kind: 'search' | 'list' = 'search'): Promise<string> =>
    lanes.turn(kind, name.charAt(0), () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, ask, end };
}

describe('ReadLanes', () => {
  it('has one search and two lists of a user under way, whatever they ask for', async () => {
    const { begun, ask, end } = reads(new ReadLanes({ poolSize: 8, waitMs: 60_000 }));
    for (const name of ['a1', 'a2']) void ask(name);
    for (const name of ['a3', 'a4', 'a5']) void ask(name, 'list');
    expect(begun).toEqual(['a1', 'a3', 'a4']);
    void ask('b1');
    await end('a1');
    await end('a3');
    expect(begun).toEqual(['a1', 'a3', 'a4', 'b1', 'a2', 'a5']);
    for (const name of ['a2', 'a4', 'a5', 'b1']) await end(name);
  });

  it('leaves connections for lists while searches take all of theirs', async () => {
    const lanes = new ReadLanes({ poolSize: 2, waitMs: 60_000 });
    const { begun, ask, end } = reads(lanes);
    void ask('a1');
    void ask('b1');
    void ask('c1', 'list');
    expect(begun).toEqual(['a1', 'c1']);
    expect(Object.fromEntries(lanes.waiting)).toEqual({ search: 1, list: 0 });
    for (const name of ['a1', 'b1', 'c1']) await end(name);
  });

  it("refuses after a while: by the user's own rate where their own are in the way, else as too busy", async () => {
    const { begun, ask, end } = reads(new ReadLanes({ poolSize: 2, waitMs: 10 }));
    void ask('a1');
    const own = ask('a2');
    const others = ask('b1');
    await expect(own).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfter: 1 });
    await expect(others).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 2 });
    await end('a1');
    expect(begun).toEqual(['a1']);
    void ask('b2');
    expect(begun).toEqual(['a1', 'b2']);
    await end('b2');
  });

  it('refuses at once whoever lets too much wait', async () => {
    const { ask, end } = reads(new ReadLanes({ poolSize: 2, waitMs: 10 }));
    const all = Array.from({ length: 52 }, (_, index) => ask(`a${index}`));
    const last = await Promise.race(all.map((one, index) => one.catch(() => index)));
    expect(last).toBe(51);
    await Promise.allSettled(all.slice(1));
    await end('a0');
  });
});
