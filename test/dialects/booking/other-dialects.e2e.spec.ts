import { png } from '../../attachments/support/files.js';
import { mustUpload } from '../../attachments/support/uploads.js';
import { World, type Person } from '../../support/world.js';
import { joinChat, openSession, people, putBooking, say, sentinel, type BookingMessage } from './support.js';

describe('booking: the same room in the canonical dialect', () => {
  let world: World;
  let client: Person;
  let reader: Person;
  let session: string;
  beforeAll(async () => {
    world = await World.start();
    ({ client, reader } = people(world));
  });
  beforeEach(async () => (session = await openSession(world, client, reader)));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const lastMessage = async (): Promise<BookingMessage> =>
    (
      await client.rest.get<{ messages: BookingMessage[] }>(
        `/api/chat/messages?session_id=${session}&limit=1`,
      )
    ).body.data.messages[0]!;
  const sendCanonical = async (body: object): Promise<void> => {
    const answer = await reader.rest.post(`/api/v1/chat/rooms/${session}/messages`, body);
    expect(answer.status).toBe(201);
  };

  it('shows what has no type here as readable text, with the exact type in metadata', async () => {
    const heard = await joinChat(world, client, session);
    await sendCanonical({
      message: 'The shop',
      message_type: 'location',
      metadata: { latitude: 47.4979, longitude: 19.0402 },
    });
    const expected = {
      type: 'text',
      content: 'The shop (47.4979, 19.0402)',
      metadata: { latitude: 47.4979, longitude: 19.0402, message_type: 'location' },
    };
    expect(await lastMessage()).toMatchObject(expected);
    expect(await heard.waitFor('new_message')).toMatchObject(expected);
    await sendCanonical({ message: 'Reading done', message_type: 'status_update' });
    expect(await lastMessage()).toMatchObject({
      type: 'system',
      content: 'Reading done',
      metadata: { message_type: 'status_update' },
    });
  });

  it('shows files that came with a text', async () => {
    const { file_id } = await mustUpload(world, reader, session, await png());
    await sendCanonical({ message: 'Your card', message_type: 'text', attachments: [{ file_id }] });
    expect(await lastMessage()).toMatchObject({
      type: 'image',
      content: 'Your card',
      file_name: 'picture.png',
      file_url: expect.stringContaining('/'),
      files: [{ mime_type: 'image/png' }],
      metadata: { message_type: 'text' },
    });
  });

  it("shows the host platform's messages as the system's", async () => {
    const answer = await world
      .host()
      .rest.post(`/api/v1/chat/rooms/${session}/messages`, { message: 'Paid', message_type: 'system' });
    expect(answer.status).toBe(201);
    expect(await lastMessage()).toMatchObject({
      sender_id: null,
      type: 'system',
      sender: { id: null, name: 'System', avatar: null },
      profiles: { first_name: 'System', last_name: null, avatar_url: null },
    });
  });

  it('hears a room only in the dialect it joined with', async () => {
    const booking = await joinChat(world, client, session);
    const both = await joinChat(world, reader, session);
    await both.must('join_room', { room_id: session });
    await sentinel(client, session, booking, both);
    expect(booking.of('new_message')).toHaveLength(1);
    await both.waitForCount('new_message', 2);
    const forms = both.of<{ session_id?: string; room_id?: string }>('new_message');
    expect(forms.map((message) => [message.session_id, message.room_id])).toEqual(
      expect.arrayContaining([
        [session, undefined],
        [undefined, session],
      ]),
    );
  });

  it('reading and reacting elsewhere shows here', async () => {
    const socket = await joinChat(world, client, session);
    const { id } = await say(client, session, 'The Sun');
    await reader.rest.post(`/api/v1/chat/rooms/${session}/read`, {});
    expect(await lastMessage()).toMatchObject({ id, is_read: true });
    await reader.rest.post(`/api/v1/chat/messages/msg_${id}/reactions`, { reaction: '🌞' });
    expect(await socket.waitFor('message_reaction_update')).toMatchObject({
      message_id: id,
      reaction_counts: { '🌞': 1 },
    });
  });

  it('offers what this dialect brings in the canonical API: the room of a booking, and its list and history', async () => {
    const booking = await putBooking(world, [client, reader]);
    const path = `/api/v1/chat/bookings/${booking}/room`;
    const first = await reader.rest.post<{ room: { id: string; type: string }; created: boolean }>(path);
    const second = await client.rest.post<{ room: { id: string }; created: boolean }>(path);
    expect([first.status, first.body.data.created, second.body.data.created]).toEqual([201, true, false]);
    expect(first.body.data.room.type).toBe('booking');
    expect(second.body.data.room.id).toBe(first.body.data.room.id);
    const stranger = await world.person('client').rest.post(path);
    expect([stranger.status, stranger.body.code]).toEqual([403, 'ACCESS_DENIED']);
    const unknown = await client.rest.post('/api/v1/chat/bookings/nowhere/room');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'NOT_FOUND']);
    const listed = await client.rest.get<{ rooms: { id: string }[] }>(
      `/api/v1/chat/rooms?context_type=booking&context_id=${booking}`,
    );
    expect(listed.body.data.rooms.map(({ id }) => id)).toEqual([first.body.data.room.id]);
    const [, newest] = [await say(client, session, 'one'), await say(client, session, 'two')];
    const before = await client.rest.get<{ messages: { message: string }[] }>(
      `/api/v1/chat/rooms/${session}/messages?before_message_id=msg_${newest.id}&per_page=1`,
    );
    expect(before.body.data.messages.map(({ message }) => message)).toEqual(['one']);
  });
});
