import type { Cluster } from '#libs/platform/cluster';
import type { AppConfig } from '#libs/platform/config';
import type { Metrics } from '#libs/platform/metrics';
import { RealtimeServer } from './realtime-server.js';

describe('RealtimeServer before it listens', () => {
  const metrics = { gauge: () => undefined } as unknown as Metrics;
  const realtime = new RealtimeServer(
    {} as AppConfig,
    metrics,
    { shared: true } as Cluster,
    {} as never,
    {} as never,
  );
  realtime.registerDialect({ name: 'some', namespaces: ['/'] } as never);

  it('has nobody here, so that what other servers tell already is for nobody', () => {
    expect(realtime.isAnyoneHere('some', 'room')).toBe(false);
    expect(realtime.isRoomOpenHere('room')).toBe(false);
    expect(realtime.isUserHere('somebody')).toBe(false);
    expect(realtime.roomsOpenHere()).toEqual(new Set());
    expect(realtime.usersConnectedHere()).toEqual(new Set());
  });
});
