import { Logger } from '@nestjs/common';
import { commonErrors } from '#libs/platform/errors';
import { Cluster, type ClusterListener } from './cluster.js';
import { Everywhere } from './everywhere.js';

interface News {
  who: string;
  is: string;
}

/** The test is the other server. */
class FakeCluster extends Cluster {
  readonly nodeId = 'this';
  readonly shared = true;
  readonly connected = true;
  readonly adapterClients = null;
  readonly published: unknown[] = [];
  listener: ClusterListener = () => undefined;

  publish(_topic: string, data: unknown): Promise<void> {
    this.published.push(data);
    return Promise.resolve();
  }
  flushed(): Promise<void> {
    return Promise.resolve();
  }
  on(_topic: string, listener: ClusterListener): void {
    this.listener = listener;
  }
  doubt(): void {
    // Nothing is in doubt here.
  }
}

describe('Everywhere', () => {
  let cluster: FakeCluster;
  let told: string[];
  let away: 'fails' | 'says so' | undefined;
  let everywhere: Everywhere<News>;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    cluster = new FakeCluster();
    [told, away] = [[], undefined];
    everywhere = new Everywhere<News>(
      cluster,
      'news',
      ({ who, is }) => ({ subject: who, state: is }),
      async ({ who, is }) => {
        if (away === 'fails') throw commonErrors.unavailable();
        if (away) return false;
        told.push(`${who} ${is}`);
        return true;
      },
    );
  });

  it('tells what happened here, and the other servers of it', () => {
    void everywhere.happened({ who: 'a', is: 'in' });
    expect(told).toEqual(['a in']);
    expect(cluster.published).toEqual([{ who: 'a', is: 'in' }]);
  });

  it('tells what others say, and does not send it on', () => {
    cluster.listener({ who: 'a', is: 'in' });
    expect(told).toEqual(['a in']);
    expect(cluster.published).toEqual([]);
  });

  it('tells what is found once, from whichever side it comes first', () => {
    void everywhere.happened({ who: 'a', is: 'in' });
    void everywhere.found({ who: 'a', is: 'in' });
    void everywhere.found({ who: 'b', is: 'in' });
    cluster.listener({ who: 'b', is: 'in' });
    expect(told).toEqual(['a in', 'b in']);
  });

  it('tells of a subject again that is in another state', () => {
    cluster.listener({ who: 'a', is: 'in' });
    cluster.listener({ who: 'a', is: 'out' });
    void everywhere.found({ who: 'a', is: 'in' });
    expect(told).toEqual(['a in', 'a out', 'a in']);
  });

  it('tells what happens here as often as it happens', () => {
    void everywhere.happened({ who: 'a', is: 'in' });
    void everywhere.happened({ who: 'a', is: 'in' });
    expect(told).toEqual(['a in', 'a in']);
  });

  it.each(['fails', 'says so'] as const)(
    'leaves to the catch-up what could not be told: telling %s',
    async (how) => {
      cluster.catchUp.then(() => everywhere.found({ who: 'a', is: 'in' }));
      away = how;
      const caughtUp = new Promise<void>((resolve) => cluster.catchUp.then(() => resolve()));
      const failing = everywhere.happened({ who: 'a', is: 'in' });
      away = undefined;
      await failing;
      await caughtUp;
      expect(told).toEqual(['a in']);
    },
  );
});
