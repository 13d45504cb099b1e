import type { RoomView } from '#libs/rooms';
import type { MessageView, StoredMessage } from './message-view.js';
import { isNewer, RoomOrder } from './room-order.js';

const message = (seq: number, more: Partial<MessageView> = {}): MessageView =>
  ({
    id: `m${seq}`,
    seq,
    content: `text ${seq}`,
    editedAt: null,
    deletedAt: null,
    changeNo: null,
    ...more,
  }) as MessageView;
const change = (seq: number, changeNo: number | null, more: Partial<StoredMessage> = {}): StoredMessage =>
  message(seq, { changeNo, ...more });
const at = new Date(1_000);

describe('the order of a room', () => {
  let order: RoomOrder;
  beforeEach(() => {
    order = new RoomOrder({ id: 'room' } as RoomView, { lastSeq: 10, lastChange: 5 });
  });
  const delivered = (): string[] => {
    const texts: string[] = [];
    for (let next = order.next(); next; next = order.next()) texts.push(next.content);
    return texts;
  };

  it('is that of seq; what came before is not delivered', () => {
    for (const seq of [12, 9, 11, 14]) order.receive(message(seq));
    expect(delivered()).toEqual(['text 11', 'text 12']);
    expect(order.hasGap).toBe(true);
    expect(order.newest).toEqual({ lastSeq: 14, lastChange: 5 });
  });

  it('knows of a change that did not come by the next one', () => {
    expect(order.receiveChange(change(1, 7))).toBe(true);
    expect(order.hasGap).toBe(true);
    expect(order.newest.lastChange).toBe(7);
    order.receiveChange(change(2, 6));
    expect(order.hasGap).toBe(false);
    expect(order.changed).toBe(7);
  });

  it('has a message wait with the newest of its changes', () => {
    expect(order.receiveChange(change(11, 7, { content: 'second', editedAt: at }))).toBe(false);
    expect(order.receiveChange(change(11, 6, { content: 'first', editedAt: at }))).toBe(false);
    order.receive(message(11));
    expect(delivered()).toEqual(['second']);
  });

  it('keeps a message as it is read, when a change that came before is older', () => {
    order.receiveChange(change(11, 6, { content: 'first', editedAt: at }));
    order.receive(message(11, { content: 'second', changeNo: 7 }));
    expect(delivered()).toEqual(['second']);
  });

  it('forgets what nobody needs any more', () => {
    order.receive(message(12));
    order.receiveChange(change(13, 9));
    order.skipTo({ lastSeq: 13, lastChange: 9 });
    expect(order.hasGap).toBe(false);
    expect([order.delivered, order.changed]).toEqual([13, 9]);
  });

  it('goes by numbers, and by times only where there are none', () => {
    expect(isNewer(change(1, 7), change(1, 6, { deletedAt: at }))).toBe(true);
    expect(isNewer(change(1, 6, { deletedAt: at }), change(1, 7))).toBe(false);
    expect(isNewer(change(1, null, { deletedAt: at }), change(1, 7, { editedAt: at }))).toBe(true);
    expect(isNewer(change(1, null, { editedAt: new Date(2_000) }), change(1, null, { editedAt: at }))).toBe(
      true,
    );
    expect(isNewer(change(1, null, { editedAt: new Date(2_000) }), change(1, 3, { deletedAt: at }))).toBe(
      false,
    );
  });
});
