import type { Cluster, ClusterListener } from '#libs/platform/cluster';
import type { EventBus } from '#libs/platform/events';
import type { RealtimeServer } from '#libs/platform/realtime';
import type { RoomAccessService, RoomView } from '#libs/rooms';
import { MessageFanout } from './message-fanout.js';
import { DeletionArrived, EditArrived, MessageArrived } from './messages.events.js';
import type { MessagesRepository } from './messages.repository.js';
import type { MessageView } from './message-view.js';
import type { MessageViews } from './message-views.js';

const ROOM = { id: 'room', name: 'first' } as unknown as RoomView;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** As another server tells of it. */
const message = (seq: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `message ${seq}`,
  roomId: ROOM.id,
  seq,
  changeNo: null,
  content: `text ${seq}`,
  createdAt: at(0),
  editedAt: null,
  deletedAt: null,
  attachments: [{ id: 'file' }],
  reactions: [],
  mentions: [],
  ...more,
});

describe('messages that other servers stored', () => {
  let tell: Record<string, ClusterListener>;
  let catchUp: () => Promise<void>;
  let arrived: MessageArrived[];
  let changes: (EditArrived | DeletionArrived)[];
  /** What `changedSince` finds. */
  let changedMeanwhile: Record<string, unknown>[];
  let known: RoomView | undefined;
  let stored: number;
  let lastChange: number;
  let open: boolean;
  let cluster: { connected: boolean };
  let fanout: MessageFanout;
  /** While set, reading stored messages waits for it. */
  let reading: Promise<void> | undefined;

  beforeEach(async () => {
    [tell, arrived, known, stored, lastChange, open, reading] = [{}, [], ROOM, 0, 0, true, undefined];
    [changes, changedMeanwhile] = [[], []];
    cluster = { connected: true };
    const events = {
      on: () => undefined,
      publish: async (event: MessageArrived | EditArrived | DeletionArrived) =>
        (event instanceof MessageArrived ? arrived.push(event) : changes.push(event)) > 0,
    };
    const access = { known: () => known, find: async () => ({ ...ROOM, name: 'found' }) };
    const repository = {
      marksOf: async () => new Map([[ROOM.id, { lastSeq: stored, lastChange }]]),
      slice: async (_room: string, from: number, to: number) => {
        const found = Array.from({ length: to - from + 1 }, (_, n) => message(from + n));
        await reading;
        return found;
      },
      changedSince: async (_room: string, since: number) =>
        changedMeanwhile.filter(({ changeNo }) => Number(changeNo) > since),
    };
    fanout = new MessageFanout(
      Object.assign(cluster, {
        shared: true,
        on: (topic: string, listener: ClusterListener) => (tell[topic] = listener),
        catchUp: { then: (work: () => Promise<void>) => (catchUp = work) },
      }) as unknown as Cluster,
      events as unknown as EventBus,
      { here: { isOpen: () => open } } as unknown as RealtimeServer,
      access as unknown as RoomAccessService,
      repository as unknown as MessagesRepository,
      { ofRoom: async (_room: RoomView, messages: MessageView[]) => messages } as unknown as MessageViews,
    );
    fanout.onModuleInit();
    await fanout.follow(ROOM.id);
  });

  const arrive = (seq: number): void => tell.message?.(message(seq));
  /** Its number among the room's changes, unless told: the next one. */
  const change = (seq: number, what: Record<string, unknown>): void =>
    tell['message-changed']?.(message(seq, { changeNo: (lastChange += 1), ...what }));
  const seqs = (): number[] => arrived.map((event) => event.message.seq);
  const texts = (): string[] => arrived.map((event) => event.message.content);

  it('are delivered in order of seq', () => {
    arrive(2);
    arrive(1);
    arrive(3);
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('wait for no look-up of their room: what is told of them afterwards would overtake them', async () => {
    known = undefined;
    arrive(1);
    arrive(2);
    expect(seqs()).toEqual([1, 2]);
    expect(arrived[0]?.room.id).toBe(ROOM.id);
    known = { ...ROOM, name: 'renamed' } as RoomView;
    arrive(3);
    expect(arrived.at(-1)?.room.name).toBe('renamed');
  });

  it('are delivered as they were changed while they waited', () => {
    for (const seq of [2, 3, 4]) arrive(seq);
    change(2, { content: '', deletedAt: at(1) });
    change(3, { content: 'second edit', editedAt: at(2), changeNo: 3 });
    change(3, { content: 'first edit', editedAt: at(1), changeNo: 2 });
    change(4, { content: '', deletedAt: at(1), changeNo: 5 });
    change(4, { content: 'late edit', editedAt: at(2), changeNo: 4 });
    expect(seqs()).toEqual([]);
    arrive(1);
    expect(texts()).toEqual(['text 1', '', 'second edit', '']);
    expect(arrived[1]?.message).toMatchObject({ attachments: [], deletedAt: expect.any(Date) });
    expect(changes).toEqual([]);
  });

  it('are told to be changed after they were delivered, and only then', () => {
    arrive(1);
    change(1, { content: 'edited', editedAt: at(1) });
    change(1, { content: '', deletedAt: at(2) });
    expect(changes.map((told) => [told.constructor, told.message.content])).toEqual([
      [EditArrived, 'edited'],
      [DeletionArrived, ''],
    ]);
  });

  it('and were changed while Redis was away are told to be, once they are known here', async () => {
    arrive(1);
    [stored, lastChange] = [2, 2];
    changedMeanwhile = [
      message(1, { deletedAt: new Date(), changeNo: 1 }),
      message(2, { editedAt: new Date(), changeNo: 2 }),
    ];
    await catchUp();
    expect(seqs()).toEqual([1, 2]);
    expect(changes.map((told) => [told.constructor, told.message.seq])).toEqual([
      [DeletionArrived, 1],
      [EditArrived, 2],
    ]);
    await catchUp();
    expect(changes).toHaveLength(2);
  });

  it('never tell an older change after a newer one', () => {
    arrive(1);
    arrive(2);
    change(1, { content: '', deletedAt: at(2), changeNo: 2 });
    change(1, { content: 'edited', editedAt: at(1), changeNo: 1 });
    change(2, { content: 'second', editedAt: at(1), changeNo: 4 });
    change(2, { content: 'first', editedAt: at(2), changeNo: 3 });
    expect(changes.map((told) => told.message.content)).toEqual(['', 'second']);
  });

  it('also where the change was told before the message', () => {
    change(1, { content: '', deletedAt: at(1) });
    arrive(1);
    expect(texts()).toEqual(['']);
  });

  it('also where it came while they were read from the database', async () => {
    let read: () => void = () => undefined;
    reading = new Promise((resolve) => (read = resolve));
    stored = 2;
    const running = catchUp();
    await turn();
    change(2, { content: '', deletedAt: at(1) });
    read();
    await running;
    expect(texts()).toEqual(['text 1', '']);
  });

  it('that were missed are caught up with where somebody is', async () => {
    stored = 3;
    await catchUp();
    expect(seqs()).toEqual([1, 2, 3]);
  });

  it('that were stored while nobody was here and Redis was away are not told to who comes later', async () => {
    open = false;
    stored = 3;
    await catchUp();
    await fanout.follow(ROOM.id);
    open = true;
    arrive(4);
    expect(seqs()).toEqual([4]);
  });

  it('nor to who comes while it is away: those who are here hear them then, and nobody twice', async () => {
    cluster.connected = false;
    stored = 3;
    await fanout.follow(ROOM.id);
    expect(seqs()).toEqual([1, 2, 3]);
    cluster.connected = true;
    await catchUp();
    arrive(4);
    expect(seqs()).toEqual([1, 2, 3, 4]);
  });
});
