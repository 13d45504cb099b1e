import { World, type Person } from '../support/world.js';
import { hold, waiting } from './locks.js';

interface Wire {
  id: string;
  seq: number;
  message: string;
  edited_at: string | null;
  deleted: boolean;
  pinned: boolean;
  metadata: Record<string, unknown>;
  reactions: { emoji: string; count: number; users: number[] }[];
  mentions: number[];
}

describe('changing messages', () => {
  let world: World;
  let [customer, staff, outsider] = [] as unknown as [Person, Person, Person];
  let room = '';
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(async () => {
    [customer, staff, outsider] = [world.person(), world.person('staff'), world.person()];
    room = await world.serviceRoom([customer, staff]);
  });
  afterEach(() => world.disconnectAll());

  const say = async (person: Person, message: string, extra: object = {}): Promise<Wire> => {
    const answer = await person.rest.post<Wire>(`/api/v1/chat/rooms/${room}/messages`, { message, ...extra });
    expect(answer.body).toMatchObject({ success: true });
    return answer.body.data;
  };
  const history = async (person: Person): Promise<Wire[]> =>
    (await person.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${room}/messages`)).body.data.messages;

  describe('editing', () => {
    it('changes the text for everyone and marks it as edited', async () => {
      const [mine, theirs] = await world.joined(room, customer, staff);
      const { id } = await mine!.must<Wire>('send_message', { room_id: room, message: 'in 15 minutes' });
      const edited = await mine!.must<Wire>('edit_message', { message_id: id, message: 'in 20 minutes' });
      expect(edited).toMatchObject({ id, message: 'in 20 minutes', edited_at: expect.any(String) });
      expect(await theirs!.waitFor('message_edited')).toEqual(edited);
      expect((await history(staff))[0]).toMatchObject({
        message: 'in 20 minutes',
        edited_at: edited.edited_at,
      });
    });

    it('keeps earlier texts for moderators only', async () => {
      const { id } = await say(customer, 'first');
      await customer.rest.patch(`/api/v1/chat/messages/${id}`, { message: 'second' });
      await customer.rest.patch(`/api/v1/chat/messages/${id}`, { message: 'third' });
      const seen = await staff.rest.get<{ edits: { message: string }[] }>(
        `/api/v1/chat/messages/${id}/edits`,
      );
      expect(seen.body.data.edits.map((edit) => edit.message)).toEqual(['first', 'second']);
      expect((await customer.rest.get(`/api/v1/chat/messages/${id}/edits`)).status).toBe(403);
      expect((await outsider.rest.get(`/api/v1/chat/messages/${id}/edits`)).body.code).toBe(
        'MESSAGE_NOT_FOUND',
      );
    });

    it('refuses others, outsiders, empty and long texts, deleted messages and closed rooms', async () => {
      const { id } = await say(customer, 'mine');
      const edit = (person: Person, message: string) =>
        person.rest.patch(`/api/v1/chat/messages/${id}`, { message });
      expect((await edit(staff, 'theirs')).body.code).toBe('FORBIDDEN');
      expect((await edit(outsider, 'x')).body.code).toBe('MESSAGE_NOT_FOUND');
      expect((await edit(customer, '  ')).body.code).toBe('VALIDATION_ERROR');
      expect((await edit(customer, 'é'.repeat(2_001))).body).toMatchObject({
        code: 'MESSAGE_TOO_LONG',
        details: [{ max_length: 2_000, current_length: 2_001 }],
      });
      await staff.rest.post(`/api/v1/chat/rooms/${room}/close`, { status: 'closed' });
      expect((await edit(customer, 'late')).body.code).toBe('ROOM_INACTIVE');
      await staff.rest.post(`/api/v1/chat/rooms/${room}/reopen`);
      await customer.rest.delete(`/api/v1/chat/messages/${id}`);
      expect((await edit(customer, 'gone')).body.code).toBe('MESSAGE_NOT_FOUND');
      expect((await history(customer))[0]).toMatchObject({ message: '', edited_at: null });
    });
  });

  describe('deleting', () => {
    it('is not undone by an edit that comes at the same moment', async () => {
      const { id } = await say(customer, 'never said');
      const release = await hold(world, 'SELECT 1 FROM rooms WHERE key = $1 FOR UPDATE', [room]);
      const deleting = customer.rest.delete(`/api/v1/chat/messages/${id}`);
      await waiting(world, 1);
      const editing = customer.rest.patch(`/api/v1/chat/messages/${id}`, { message: 'said after all' });
      await waiting(world, 2);
      await release();
      expect((await deleting).status).toBe(200);
      expect((await editing).body.code).toBe('MESSAGE_NOT_FOUND');
      expect((await history(customer))[0]).toMatchObject({ message: '', deleted: true, edited_at: null });
      const { edits } = (await staff.rest.get<{ edits: unknown[] }>(`/api/v1/chat/messages/${id}/edits`)).body
        .data;
      expect(edits).toEqual([]);
    });

    it('leaves a tombstone without content in every answer', async () => {
      const [mine, theirs] = await world.joined(room, customer, staff);
      const { id, seq } = await say(customer, 'zebra secret', { metadata: { secret: 'zebra' } });
      await customer.rest.patch(`/api/v1/chat/messages/${id}`, { message: 'zebra secret two' });
      await staff.rest.post(`/api/v1/chat/messages/${id}/reactions`, { reaction: '👍' });
      await staff.rest.put(`/api/v1/chat/messages/${id}/pin`);
      const answer = await mine!.must('delete_message', { message_id: id });
      expect(answer).toEqual({ message_id: id, room_id: room, seq, change_seq: 2 });
      expect(await theirs!.waitFor('message_deleted')).toEqual(answer);
      for (const person of [customer, staff]) {
        const places = await Promise.all([
          person.rest.get(`/api/v1/chat/rooms/${room}/messages`),
          person.rest.get(`/api/v1/chat/messages/${id}`),
          person.rest.get('/api/v1/chat/rooms'),
          person.rest.get(`/api/v1/chat/rooms/${room}/pins`),
          person.rest.get('/api/v1/chat/search?q=zebra'),
          person.rest.get(`/api/v1/chat/messages/${id}/edits`),
        ]);
        expect(JSON.stringify(places.map((place) => place.body))).not.toContain('zebra');
      }
      const [tombstone] = await history(staff);
      expect(tombstone).toMatchObject({
        id,
        deleted: true,
        message: '',
        metadata: {},
        reactions: [],
        pinned: false,
      });
    });

    it('is for the sender and for moderators; again changes nothing', async () => {
      const mine = await say(customer, 'mine');
      const theirs = await say(staff, 'theirs');
      expect((await customer.rest.delete(`/api/v1/chat/messages/${theirs.id}`)).status).toBe(403);
      expect((await outsider.rest.delete(`/api/v1/chat/messages/${mine.id}`)).body.code).toBe(
        'MESSAGE_NOT_FOUND',
      );
      expect((await staff.rest.delete(`/api/v1/chat/messages/${mine.id}`)).status).toBe(200);
      expect((await staff.rest.delete(`/api/v1/chat/messages/${mine.id}`)).status).toBe(200);
      expect((await history(customer)).map((message) => message.deleted)).toEqual([true, false]);
    });
  });

  describe('reacting', () => {
    it('toggles, groups by emoji, and tells the room', async () => {
      const [mine, theirs] = await world.joined(room, customer, staff);
      const { id } = await say(customer, 'nice');
      await mine!.must('react_to_message', { message_id: id, reaction: '❤️' });
      await theirs!.must('react_to_message', { message_id: id, reaction: '❤️' });
      const told = await mine!.waitForCount<{ added: boolean; reactions: unknown }>('message_reaction', 2);
      expect(told[1]).toMatchObject({
        message_id: id,
        room_id: room,
        user: { id: Number(staff.id) },
        reaction: '❤️',
        added: true,
        reactions: [{ emoji: '❤️', count: 2, users: [Number(customer.id), Number(staff.id)] }],
      });
      const back = await theirs!.must<{ added: boolean }>('react_to_message', {
        message_id: id,
        reaction: '❤️',
      });
      expect(back).toMatchObject({
        added: false,
        reactions: [{ emoji: '❤️', count: 1, users: [Number(customer.id)] }],
      });
      expect((await history(staff))[0]?.reactions).toEqual([
        { emoji: '❤️', count: 1, users: [Number(customer.id)] },
      ]);
    });

    it('counts one of each person under concurrent repeats', async () => {
      const { id } = await say(customer, 'nice');
      await Promise.all(
        Array.from({ length: 9 }, () =>
          staff.rest.post(`/api/v1/chat/messages/${id}/reactions`, { reaction: '🎉' }),
        ),
      );
      expect((await history(staff))[0]?.reactions).toEqual([
        { emoji: '🎉', count: 1, users: [Number(staff.id)] },
      ]);
    });

    it('refuses what is no emoji, a 21st one, and outsiders', async () => {
      const { id } = await say(customer, 'nice');
      const react = (person: Person, reaction: unknown) =>
        person.rest.post(`/api/v1/chat/messages/${id}/reactions`, { reaction });
      for (const bad of ['', '  ', 'two words', 'x'.repeat(33), 5, null]) {
        expect((await react(staff, bad)).body.code).toBe('VALIDATION_ERROR');
      }
      for (let n = 0; n < 20; n += 1) expect((await react(staff, `:e${n}:`)).status).toBe(200);
      expect((await react(staff, ':e20:')).body.code).toBe('VALIDATION_ERROR');
      expect((await react(outsider, '👍')).body.code).toBe('MESSAGE_NOT_FOUND');
      expect((await history(staff))[0]?.reactions).toHaveLength(20);
    });
  });

  it('pins for moderators, lists the last pinned first, and unpins', async () => {
    const [first, second] = [await say(customer, 'one'), await say(customer, 'two')];
    const [theirs] = await world.joined(room, customer);
    expect((await customer.rest.put(`/api/v1/chat/messages/${first.id}/pin`)).status).toBe(403);
    for (const { id } of [first, second])
      expect((await staff.rest.put(`/api/v1/chat/messages/${id}/pin`)).status).toBe(200);
    await theirs!.waitForCount('message_pinned', 2);
    const pins = async () =>
      (
        await customer.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${room}/pins`)
      ).body.data.messages.map(({ id }) => id);
    expect(await pins()).toEqual([second.id, first.id]);
    await staff.rest.delete(`/api/v1/chat/messages/${second.id}/pin`);
    expect(await pins()).toEqual([first.id]);
  });

  it('pins 50 messages of a room and no more, also of two at the same moment', async () => {
    const sent = await Promise.all(Array.from({ length: 51 }, (_, n) => say(customer, `note ${n}`)));
    const ids = sent.map(({ id }) => id);
    const pin = (id = '') => staff.rest.put(`/api/v1/chat/messages/${id}/pin`);
    const pinned = async (): Promise<number> =>
      (await staff.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${room}/pins`)).body.data.messages
        .length;
    for (const id of ids.slice(0, 49)) expect((await pin(id)).status).toBe(200);
    const last = await Promise.all(ids.slice(49).map(pin));
    expect(last.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(last.map(({ body }) => body.code)).toContain('CONFLICT');
    expect(await pinned()).toBe(50);
    expect((await pin(ids[0])).status).toBe(200);
    expect((await staff.rest.delete(`/api/v1/chat/messages/${ids[0]}/pin`)).status).toBe(200);
    for (const id of ids.slice(49)) expect((await pin(id)).status).toBe(200);
    expect((await pin(ids[0])).body.code).toBe('CONFLICT');
    expect(await pinned()).toBe(50);
  });

  it('forwards to rooms that may all be written to, and says from whom', async () => {
    const { id } = await say(customer, 'pass this on', { metadata: { priority: 'high' } });
    const other = await world.serviceRoom([staff, outsider]);
    const refused = await staff.rest.post(`/api/v1/chat/messages/${id}/forward`, {
      room_ids: [other, 'service_unknown'],
    });
    expect(refused.body.code).toBe('ROOM_NOT_FOUND');
    const foreign = await customer.rest.post(`/api/v1/chat/messages/${id}/forward`, { room_ids: [other] });
    expect(foreign.body.code).toBe('ACCESS_DENIED');
    const sent = await staff.rest.post<{ messages: Wire[] }>(`/api/v1/chat/messages/${id}/forward`, {
      room_ids: [other],
    });
    expect(sent.body.data.messages).toEqual([
      expect.objectContaining({
        message: 'pass this on',
        metadata: { priority: 'high', forwarded_from: { message_id: id, sender_name: customer.name } },
      }),
    ]);
    const there = await outsider.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${other}/messages`);
    expect(there.body.data.messages).toHaveLength(1);
  });

  it('forwards once for each client id, and to the rooms that a repeat adds', async () => {
    const { id } = await say(customer, 'pass this on');
    const [first, second] = [
      await world.serviceRoom([staff, outsider]),
      await world.serviceRoom([staff, outsider]),
    ];
    const forward = async (...room_ids: string[]): Promise<string[]> => {
      const answer = await staff.rest.post<{ messages: Wire[] }>(`/api/v1/chat/messages/${id}/forward`, {
        room_ids,
        client_id: 'once',
      });
      return answer.body.data.messages.map((message) => message.id);
    };
    const [sent] = await forward(first);
    expect(await forward(first, second)).toEqual([sent, expect.any(String)]);
    for (const place of [first, second]) {
      const there = await outsider.rest.get<{ messages: Wire[] }>(`/api/v1/chat/rooms/${place}/messages`);
      expect(there.body.data.messages).toHaveLength(1);
    }
    const refused = await staff.rest.post(`/api/v1/chat/messages/${id}/forward`, {
      room_ids: [first],
      client_id: 'x'.repeat(129),
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('tells participants who are named by @, wherever they are, and nobody else', async () => {
    const anna = world.person('staff', { name: 'Anna Maria', claims: { username: 'anna.m' } });
    room = await world.serviceRoom([customer, staff, anna]);
    const sockets = await Promise.all(
      [customer, staff, anna, outsider].map((person) => world.socket(person)),
    );
    const text = `@anna.m and @AnnaMaria and @${staff.id}, not @${outsider.id}, me@${staff.id}.example or @${customer.id}`;
    const sent = await say(customer, text);
    expect(sent.mentions).toEqual([Number(staff.id), Number(anna.id)].sort((a, b) => a - b));
    for (const named of [sockets[1], sockets[2]]) {
      expect(await named!.waitFor('mention')).toMatchObject({ room_id: room, message: { id: sent.id } });
    }
    await say(customer, `again @${staff.id}`);
    await sockets[1]!.waitForCount('mention', 2);
    expect(sockets[0]!.of('mention')).toEqual([]);
    expect(sockets[2]!.of('mention')).toHaveLength(1);
    expect(sockets[3]!.of('mention')).toEqual([]);
  });

  it('does not tell who left the room, nor who was removed, that they are named', async () => {
    const [left, removed] = [world.person(), world.person('staff')];
    const people = [customer, staff, left, removed];
    room = await world.serviceRoom(people);
    await left.rest.post(`/api/v1/chat/rooms/${room}/leave`);
    const gone = await world
      .person('admin')
      .rest.delete(`/api/v1/chat/rooms/${room}/participants/${removed.id}`);
    expect(gone.status).toBe(200);
    const sockets = await Promise.all([left, removed].map((person) => world.socket(person)));
    const names = `@${left.id} @${removed.id}`;
    const { id, mentions } = await say(customer, `${names} @${staff.id}`);
    expect(mentions).toEqual([Number(staff.id)]);
    const edited = await customer.rest.patch<Wire>(`/api/v1/chat/messages/${id}`, { message: names });
    expect(edited.body.data.mentions).toEqual([]);
    room = await world.serviceRoom(people);
    const later = await say(customer, names);
    for (const socket of sockets) {
      await socket.waitFor('mention', (told: { message: Wire }) => told.message.id === later.id);
      expect(socket.of('mention')).toHaveLength(1);
    }
  });

  it('makes messages unread again on all devices of the one who asks', async () => {
    const sent: Wire[] = [];
    for (const text of ['one', 'two', 'three']) sent.push(await say(staff, text));
    const [phone, tablet] = [await world.socket(customer), await world.socket(customer)];
    expect(await phone.must('mark_read', { room_id: room })).toEqual({ unread_count: 0 });
    expect(await phone.must('mark_unread', { room_id: room, message_id: sent[1]!.id })).toEqual({
      unread_count: 2,
    });
    expect(await tablet.waitFor('unread_changed')).toEqual({ room_id: room, unread_count: 2 });
    const readers = (
      await customer.rest.get<{ messages: { read_by: unknown[] }[] }>(`/api/v1/chat/rooms/${room}/messages`)
    ).body;
    expect(readers.data.messages.map((message) => message.read_by.length)).toEqual([1, 0, 0]);
    expect((await phone.ask('mark_unread', { room_id: room, message_id: 'msg_nonsense' })).code).toBe(
      'MESSAGE_NOT_FOUND',
    );
  });
});
