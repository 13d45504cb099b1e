import { jest } from '@jest/globals';
import type { Cluster } from '#libs/platform/cluster';
import type { RealtimeServer } from '#libs/platform/realtime';
import type { MessageView, ReceiptsService } from '#libs/messages';
import type { RoomView } from '#libs/rooms';
import { DeliveryMarks } from './delivery-marks.service.js';

const ROOM = { id: 'room', type: 'order' } as RoomView;
const SECOND_MS = 1_000;

describe('marks of delivery', () => {
  let marks: DeliveryMarks;
  let reached: [userId: string, seq: number][];
  let seq: number;

  beforeEach(() => {
    jest.useFakeTimers();
    [reached, seq] = [[], 0];
    marks = new DeliveryMarks(
      { here: { usersIn: () => new Set(['sender', 'reader']) } } as unknown as RealtimeServer,
      { publish: async () => undefined } as unknown as Cluster,
      {
        reached: async (_room: RoomView, userId: string, upTo: number) => void reached.push([userId, upTo]),
      } as unknown as ReceiptsService,
    );
    marks.follow([ROOM.id]);
  });
  afterEach(() => {
    marks.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const arrive = (): void =>
    marks.arrived(ROOM, { seq: (seq += 1), senderId: 'sender' } as unknown as MessageView);

  it('are made at once for a message after a pause, for all but its sender', () => {
    arrive();
    jest.advanceTimersByTime(30);
    expect(reached).toEqual([['reader', 1]]);
    jest.advanceTimersByTime(SECOND_MS);
    arrive();
    jest.advanceTimersByTime(30);
    expect(reached.at(-1)).toEqual(['reader', 2]);
  });

  it('are a few in a stream of messages, and the last one is not left out', () => {
    for (let n = 0; n < 1_000; n += 1) {
      arrive();
      jest.advanceTimersByTime(1);
    }
    jest.advanceTimersByTime(SECOND_MS);
    expect(reached.length).toBeLessThanOrEqual(6);
    expect(reached.at(-1)).toEqual(['reader', 1_000]);
  });
});
