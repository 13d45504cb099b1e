import type { Cluster, ClusterListener } from '#libs/platform/cluster';
import type { EventBus } from '#libs/platform/events';
import type { RealtimeServer } from '#libs/platform/realtime';
import type { RoomAccessService, RoomView } from '#libs/rooms';
import { MessageFanout } from './message-fanout.js';
import type { MessageArrived } from './messages.events.js';
import type { MessagesRepository } from './messages.repository.js';
import type { MessageViews } from './message-views.js';

const ROOM = { id: 'room' } as RoomView;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('messages that other servers stored', () => {
  let tell: ClusterListener;
  let delivered: number[];
  let known: RoomView | undefined;
  let finds: ((room: RoomView) => void)[];

  beforeEach(async () => {
    [delivered, known, finds] = [[], undefined, []];
    const cluster = {
      shared: true,
      on: (_topic: string, listener: ClusterListener) => (tell = listener),
      onReconnected: () => undefined,
    } as unknown as Cluster;
    const events = {
      on: () => undefined,
      publish: async ({ message }: MessageArrived) => void delivered.push(message.seq),
    } as unknown as EventBus;
    const access = {
      known: () => known,
      find: () => new Promise<RoomView>((resolve) => finds.push(resolve)),
    } as unknown as RoomAccessService;
    const repository = { lastSeq: async () => 0 } as unknown as MessagesRepository;
    const fanout = new MessageFanout(
      cluster,
      events,
      {} as RealtimeServer,
      access,
      repository,
      {} as MessageViews,
    );
    fanout.onModuleInit();
    await fanout.follow(ROOM.id);
  });
  const arrive = (seq: number): void =>
    tell({ roomId: ROOM.id, seq, createdAt: new Date().toISOString(), attachments: [], mentions: [] });

  it('are delivered in order of seq', () => {
    known = ROOM;
    arrive(2);
    arrive(1);
    arrive(3);
    expect(delivered).toEqual([1, 2, 3]);
  });

  it('wait for one another while their room is looked up, however soon it is known', async () => {
    arrive(1);
    known = ROOM;
    arrive(2);
    arrive(3);
    expect(delivered).toEqual([1, 2, 3]);
    for (const found of finds) found(ROOM);
    await turn();
    expect(delivered).toEqual([1, 2, 3]);
  });

  it('need no more than what one look-up found', async () => {
    for (const seq of [1, 2, 3]) arrive(seq);
    expect(delivered).toEqual([]);
    expect(finds).toHaveLength(1);
    finds[0]?.(ROOM);
    await turn();
    expect(delivered).toEqual([1, 2, 3]);
  });
});
