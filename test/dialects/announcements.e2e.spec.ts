import { World, type Person } from '../support/world.js';
import type { RestAnswer } from '../support/rest-client.js';
import { API, ok, openRoom, post, roomPath, wire } from '../service/helpers.js';
import { known } from '../service/room-helpers.js';
import { BASE, path } from './marketplace/helpers.js';

const ROOM = 'broadcast_all';

/** Everyone reads announcements, which is no acquaintance: readers do not hear of each other, in whichever contract. */
describe('readers of announcements', () => {
  let world: World;
  let admin: Person;
  let hidden: Person;
  let reader: Person;
  let id: string;
  beforeAll(async () => {
    world = await World.start({ HTTP_REQUESTS_PER_MINUTE: '100000' });
    admin = world.person('admin');
    hidden = world.person('customer', { id: 'hidden-7f3a', name: 'Quite Private' });
    await known(admin, hidden);
    ok(await hidden.rest.post(roomPath(ROOM, '/join')));
    id = ok(await hidden.rest.get<{ room: { id: string } }>(roomPath(ROOM))).room.id;
  });
  afterAll(() => world.stop());
  afterEach(() => world.disconnectAll());
  beforeEach(async () => {
    reader = world.person('provider');
    await known(reader);
    ok(await reader.rest.post(roomPath(ROOM, '/join')));
  });
  const unnamed = (told: unknown): void => {
    const text = JSON.stringify(told);
    expect([text.includes('hidden-7f3a'), text.includes('Quite Private')]).toEqual([false, false]);
  };

  it('are in no answer of any contract', async () => {
    const { id: message } = await post(admin, ROOM, 'We close at noon');
    ok(await hidden.rest.post(roomPath(ROOM, '/read'), {}));
    const { rest } = reader;
    const reads: [string, Promise<RestAnswer>][] = [
      `${API}/rooms`,
      roomPath(ROOM),
      roomPath(ROOM, '/participants'),
      roomPath(ROOM, '/messages'),
      roomPath(ROOM, '/online'),
      `${API}/messages/${message}`,
      `${API}/sessions?limit=100`,
      `${API}/sessions/${id}`,
      `${API}/sessions/${id}/messages`,
      '/api/chat/sessions',
      `/api/chat/sessions/${id}`,
      `/api/chat/messages?session_id=${id}`,
      '/api/chat/rooms',
      `/api/chat/rooms/${id}`,
      `/api/chat/rooms/${id}/messages`,
      `${BASE}/conversations?status=ALL`,
      path(id, '/messages'),
      path(id, '/typing'),
      `${BASE}/online-users`,
    ].map((address) => [address, rest.get(address)]);
    reads.push(
      ['support, read', rest.post(`${API}/sessions/${id}/read`, {})],
      ['marketplace, read', rest.patch(path(id, '/read'))],
      ['marketplace, archive', rest.patch(path(id, '/archive'))],
      ['marketplace, block', rest.patch(path(id, '/block'))],
      ['workspace, join', rest.post(`/api/chat/rooms/${id}/join`)],
      ['booking, by the room', rest.post('/api/chat/sessions', { session_type: 'general' })],
    );
    for (const [what, answer] of reads) {
      const { status, body } = await answer;
      expect([what, status < 500]).toEqual([what, true]);
      unnamed([what, body]);
    }
  });

  it('are in no answer of a socket, nor in what it hears of their coming, reading, muting and going', async () => {
    const events: [namespace: string, event: string, payload: object][] = [
      ['/chat', 'join_room', { room_id: ROOM }],
      ['/', 'join_session', { session_id: id }],
      ['/', 'join_chat', { session_id: id }],
      ['/', 'join_room', { roomId: id }],
      ['/', 'chat-join-conversation', { conversationId: id }],
    ];
    const sockets = await Promise.all(
      events.map(async ([namespace, event, payload]) => {
        const socket = await world.socket(reader, { namespace });
        const joined = await socket.ask(event, payload);
        // Only what this contract shows of announcements at all.
        expect([event, joined.success]).toEqual([event, true]);
        unnamed([event, joined]);
        return socket;
      }),
    );
    for (const socket of sockets) socket.forget();
    const theirs = await world.socket(hidden, { namespace: '/chat' });
    const others = await world.socket(hidden, { namespace: '/' });
    await theirs.must('join_room', { room_id: ROOM });
    for (const [, event, payload] of events.slice(1)) await others.ask(event, payload);
    const { id: message } = await post(admin, ROOM, 'Maintenance tonight');
    await theirs.must('mark_read', { room_id: ROOM, message_id: message });
    await others.ask('mark_as_read', { session_id: id });
    await others.ask('chat-update-message-status', { messageId: message, status: 'READ' });
    await theirs.ask('typing_start', { room_id: ROOM });
    await theirs.ask('react_to_message', { message_id: message, reaction: '👍' });
    ok(await admin.rest.put(roomPath(ROOM, `/participants/${hidden.id}/mute`), {}));
    await theirs.waitFor('participant_updated');
    ok(await admin.rest.put(roomPath(ROOM, `/participants/${hidden.id}/mute`), { until: null }));
    ok(await hidden.rest.post(roomPath(ROOM, '/leave')));
    ok(await hidden.rest.post(roomPath(ROOM, '/join')));
    others.close();
    ok(await admin.rest.put(roomPath(ROOM, `/bans/${hidden.id}`), {}));
    ok(await admin.rest.delete(roomPath(ROOM, `/bans/${hidden.id}`)));
    ok(await hidden.rest.post(roomPath(ROOM, '/join')));
    // What was not told before this never will be.
    await post(admin, ROOM, `The last one, ${reader.id}`);
    await Promise.all(
      sockets.map((socket, index) =>
        socket.waitFor(index === 4 ? 'chat-new-message' : 'new_message', (payload) =>
          JSON.stringify(payload).includes(`The last one, ${reader.id}`),
        ),
      ),
    );
    for (const socket of sockets) unnamed(socket.received);
  });

  it('who share a conversation besides know each other there as ever', async () => {
    const room = await openRoom(reader, { type: 'direct', participant_ids: [wire(hidden)] });
    expect(JSON.stringify((await reader.rest.get(roomPath(room.id, '/participants'))).body)).toContain(
      'Quite Private',
    );
  });
});
