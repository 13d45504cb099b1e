import type { SocketClient } from '../support/socket-client.js';
import { World, type Person } from '../support/world.js';
import { API, history, ok, post, refusal, roomPath, sentinel, wire, type WireMessage } from './helpers.js';

interface Unread {
  total: number;
  rooms: { room_id: string; unread_count: number }[];
}

describe('read and delivered marks', () => {
  let world: World;
  let sender: Person;
  let reader: Person;
  let room: string;
  let sent: WireMessage[];
  let watching: SocketClient;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    [sender, reader] = [world.person(), world.person('staff', { name: 'Mike Johnson' })];
    room = await world.serviceRoom([sender, reader]);
    sent = [];
    for (let n = 1; n <= 5; n += 1) sent.push(await post(sender, room, `m${n}`));
    [watching] = (await world.joined(room, sender)) as [SocketClient];
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const id = (n: number): string => sent[n - 1]!.id;
  const mark = async (body: Record<string, unknown>, kind = 'read') =>
    ok<{ unread_count: number }>(await reader.rest.post(roomPath(room, `/${kind}`), body));
  /** Numbers of the messages that the history calls read by the reader. */
  const readOnes = async () =>
    (await history(sender, room)).messages
      .filter(({ read_by }) => read_by.some((mark) => mark.user_id === wire(reader)))
      .map(({ message }) => Number(message.slice(1)));
  const unread = async (person = reader) => ok<Unread>(await person.rest.get<Unread>(`${API}/unread`));

  it('one message named by socket is read, and no other', async () => {
    const [socket] = await world.joined(room, reader);
    expect(await socket!.must('mark_read', { room_id: room, message_id: id(3) })).toEqual({
      unread_count: 4,
    });
    expect(await watching.waitFor('message_read')).toMatchObject({
      room_id: room,
      message_id: id(3),
      user: { id: wire(reader), name: 'Mike Johnson', type: 'staff' },
      read_at: expect.any(String),
    });
    expect(await readOnes()).toEqual([3]);
    const [, , third] = (await history(reader, room)).messages;
    expect(third?.read_by).toEqual([{ user_id: wire(reader), read_at: expect.any(String) }]);
    expect(Math.abs(Date.now() - Date.parse(third!.read_by[0]!.read_at))).toBeLessThan(5_000);
  });

  it('exactly the named ones; then all up to one; then all', async () => {
    expect(await mark({ message_ids: [id(4), id(2)] })).toEqual({ unread_count: 3 });
    expect(await readOnes()).toEqual([2, 4]);
    expect(
      (await watching.waitForCount<{ message_id: string }>('message_read', 2)).map(
        (event) => event.message_id,
      ),
    ).toEqual([id(2), id(4)]);
    const before = (await history(sender, room)).messages[1]?.read_by;
    expect(await mark({ up_to_message_id: id(3) })).toEqual({ unread_count: 1 });
    expect(await readOnes()).toEqual([1, 2, 3, 4]);
    expect((await history(sender, room)).messages[1]?.read_by).toEqual(before);
    expect(await mark({})).toEqual({ unread_count: 0 });
    expect(await readOnes()).toEqual([1, 2, 3, 4, 5]);
    await post(sender, room, 'm6');
    expect(await unread()).toMatchObject({ total: 1 });
    expect(await readOnes()).toEqual([1, 2, 3, 4, 5]);
  });

  it("count what is unread for each room and in total, one's own never", async () => {
    const other = await world.serviceRoom([sender, reader]);
    await post(sender, other, 'x');
    await post(reader, other, 'my own');
    await world.serviceRoom([sender, reader]);
    const counts = await unread();
    expect(counts.total).toBe(6);
    expect(counts.rooms.sort((a, b) => b.unread_count - a.unread_count)).toEqual([
      { room_id: room, unread_count: 5 },
      { room_id: other, unread_count: 1 },
    ]);
    expect(await unread(sender)).toEqual({ total: 1, rooms: [{ room_id: other, unread_count: 1 }] });
    await mark({ up_to_message_id: id(2) });
    expect((await unread()).total).toBe(4);
    // One's own messages are no one's to mark.
    ok(await sender.rest.post(roomPath(room, '/read'), { message_ids: [id(1)] }));
    expect((await history(sender, room)).messages[0]?.read_by).toEqual([
      { user_id: wire(reader), read_at: expect.any(String) },
    ]);
  });

  it('told twice change nothing and are told to the room once', async () => {
    const [socket] = await world.joined(room, reader);
    await Promise.all(
      Array.from({ length: 6 }, () => socket!.must('mark_read', { room_id: room, message_id: id(1) })),
    );
    await Promise.all([mark({ message_id: id(1) }), mark({ up_to_message_id: id(1) })]);
    await mark({ message_id: id(2) });
    await watching.waitFor('message_read', (event: { message_id: string }) => event.message_id === id(2));
    expect(watching.of('message_read')).toHaveLength(2);
    expect((await history(sender, room)).messages[0]?.read_by).toHaveLength(1);
  });

  it('of anything unknown mark nothing', async () => {
    const elsewhere = await world.serviceRoom([sender, reader]);
    const foreign = await post(sender, elsewhere, 'x');
    const unknown = 'msg_018f0000-0000-7000-8000-000000000000';
    for (const wrong of [foreign.id, unknown, 'msg_abc123', 'x'.repeat(300)]) {
      const answer = await reader.rest.post(roomPath(room, '/read'), { message_ids: [id(1), wrong] });
      expect(refusal(answer)).toEqual([404, 'MESSAGE_NOT_FOUND']);
    }
    const [socket] = await world.joined(room, reader);
    expect(await socket!.ask('mark_read', { room_id: room, message_id: 'msg_abc123' })).toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    });
    expect(await socket!.waitFor('message_error')).toMatchObject({ error_code: 'MESSAGE_NOT_FOUND' });
    for (const body of [{ message_ids: [] }, { message_id: { a: 1 } }])
      expect(refusal(await reader.rest.post(roomPath(room, '/read'), body))).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
    expect(await readOnes()).toEqual([]);
  });

  it('delivered is told once, goes forward only, and is not read', async () => {
    const [socket] = await world.joined(room, reader);
    await socket!.must('mark_delivered', { room_id: room, message_id: id(3) });
    expect(await watching.waitFor('message_delivered')).toMatchObject({
      room_id: room,
      message_id: id(3),
      user: { id: wire(reader) },
    });
    await mark({ up_to_message_id: id(2) }, 'delivered');
    await mark({ message_id: id(3) }, 'delivered');
    await mark({}, 'delivered');
    await watching.waitFor(
      'message_delivered',
      (event: { message_id: string }) => event.message_id === id(5),
    );
    expect(watching.of('message_delivered')).toHaveLength(2);
    expect((await unread()).total).toBe(5);
    expect(await readOnes()).toEqual([]);
  });

  it('of one who is no participant any more are refused', async () => {
    await world.host().rest.put(`${API}/directory/contexts/service_request/${room.replace('service_', '')}`, {
      participants: [{ user_id: wire(sender), role: 'customer' }],
    });
    expect(refusal(await reader.rest.post(roomPath(room, '/read'), {}))).toEqual([403, 'ACCESS_DENIED']);
    expect(await unread()).toEqual({ total: 0, rooms: [] });
    await sentinel(world, [sender, watching]);
    expect(watching.of('message_read')).toEqual([]);
  });
});
