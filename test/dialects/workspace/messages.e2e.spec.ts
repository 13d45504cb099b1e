import { World, type Person } from '../../support/world.js';
import {
  createRoom,
  groupOf,
  history,
  ISO,
  NO_ROOM,
  ok,
  post,
  refusal,
  roomPath,
  UUID,
  type WireMessage,
} from './helpers.js';

const FILES = {
  files: [
    {
      name: 'document.pdf',
      url: 'https://example.com/file.pdf',
      size: 1_024_000,
      type: 'application/pdf',
    },
  ],
};

describe('workspace: messages by REST', () => {
  let world: World;
  let owner: Person;
  let john: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    owner = world.person('business');
    john = world.person('client', {
      claims: {
        first_name: 'John',
        last_name: 'Doe',
        username: 'johndoe',
        avatar: 'https://example.com/avatar.jpg',
      },
    });
    room = await groupOf(owner, john);
  });
  afterAll(() => world.stop());

  const messagePath = (message: WireMessage, rest = ''): string =>
    roomPath(message.roomId, `/messages/${message.id}${rest}`);

  it('POST /api/chat/rooms/{id}/messages sends; GET shows every documented field', async () => {
    const answer = await john.rest.post<{ message: WireMessage }>(roomPath(room, '/messages'), {
      content: 'Hello everyone!',
      type: 'TEXT',
    });
    expect([answer.status, answer.body.message]).toEqual([201, 'Message sent successfully']);
    const { message } = answer.body.data;
    expect(message).toEqual({
      id: expect.stringMatching(UUID),
      content: 'Hello everyone!',
      type: 'TEXT',
      senderId: john.id,
      roomId: room,
      replyToId: null,
      isEdited: false,
      isDeleted: false,
      sentAt: expect.stringMatching(ISO),
      editedAt: null,
      sender: {
        id: john.id,
        firstName: 'John',
        lastName: 'Doe',
        username: 'johndoe',
        avatar: 'https://example.com/avatar.jpg',
      },
      replyTo: null,
      reactions: [],
      attachments: null,
      metadata: {},
      clientId: null,
    });
    expect(await history(owner, room)).toEqual({
      messages: [message],
      pagination: { page: 1, limit: 50, hasMore: false },
    });
  });

  it('GET …/messages pages: the newest slice first, inside a page the oldest first', async () => {
    for (const content of ['1', '2', '3', '4', '5']) await post(john, room, content);
    const page = async (query: string) => {
      const { messages, pagination } = await history(owner, room, query);
      return [messages.map(({ content }) => content).join(), pagination];
    };
    expect(await page('?page=1&limit=2')).toEqual(['4,5', { page: 1, limit: 2, hasMore: true }]);
    expect(await page('?page=3&limit=2')).toEqual(['1', { page: 3, limit: 2, hasMore: false }]);
    expect(await page('?page=4&limit=2')).toEqual(['', { page: 4, limit: 2, hasMore: false }]);
    expect(await page('?limit=100')).toEqual(['1,2,3,4,5', { page: 1, limit: 100, hasMore: false }]);
    for (const query of ['?limit=101', '?limit=0', '?page=0', '?page=x'])
      expect(refusal(await owner.rest.get(roomPath(room, `/messages${query}`)))).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
  });

  it.each(['TEXT', 'IMAGE', 'FILE', 'VOICE', 'VIDEO'])(
    'sends and shows messages of type %s',
    async (type) => {
      const sent = await post(john, room, { content: 'Look', type });
      expect(sent).toMatchObject({ type, metadata: {} });
      expect((await history(owner, room)).messages[0]?.type).toBe(type);
    },
  );

  it('keeps SYSTEM for staff and admins', async () => {
    expect(
      refusal(await john.rest.post(roomPath(room, '/messages'), { content: 'x', type: 'SYSTEM' })),
    ).toEqual([403, 'FORBIDDEN']);
    expect(await post(owner, room, { content: 'Moved', type: 'SYSTEM' })).toMatchObject({ type: 'SYSTEM' });
  });

  it.each([
    ['location', { latitude: 52.5, longitude: 13.4 }, 'TEXT', 'Where I am', 'Where I am (52.5, 13.4)'],
    ['status_update', { status: 'done' }, 'SYSTEM', 'It is done', 'It is done'],
  ])(
    'shows a %s of another contract as the nearest type',
    async (message_type, metadata, type, message, content) => {
      ok(await owner.rest.post(`/api/v1/chat/rooms/${room}/messages`, { message, message_type, metadata }));
      expect((await history(john, room)).messages[0]).toMatchObject({
        type,
        content,
        metadata: { ...metadata, message_type },
      });
    },
  );

  it('shows messages of the platform itself with a sender that clients can print', async () => {
    const shared = await world.serviceRoom([owner]);
    const { id } = ok(await owner.rest.get<{ room: { id: string } }>(`/api/v1/chat/rooms/${shared}`)).room;
    ok(
      await world
        .host()
        .rest.post(`/api/v1/chat/rooms/${shared}/messages`, { message: 'Begun', message_type: 'system' }),
    );
    expect((await history(owner, id)).messages[0]).toMatchObject({
      type: 'SYSTEM',
      senderId: null,
      sender: { id: null, firstName: 'System', lastName: '' },
    });
  });

  it('stores attachments as they were sent and echoes them', async () => {
    const sent = await post(john, room, { content: 'The contract', type: 'FILE', attachments: FILES });
    expect(sent).toMatchObject({ attachments: FILES, metadata: {} });
    expect((await history(owner, room)).messages[0]?.attachments).toEqual(FILES);
    const bare = await post(john, room, { type: 'FILE', attachments: FILES });
    expect(bare).toMatchObject({ content: 'document.pdf', attachments: FILES });
    const odd = { any: { shape: [1, { x: null }] } };
    expect(await post(john, room, { content: '', attachments: odd })).toMatchObject({
      content: 'Attachment',
      attachments: odd,
    });
  });

  it.each([
    ['too large', { files: ['x'.repeat(9_000)] }],
    ['no object', 'file.pdf'],
    ['a list', [1]],
    ['too deep', { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } }],
  ])('refuses attachments that are %s', async (_what, attachments) => {
    const answer = await john.rest.post(roomPath(room, '/messages'), { content: 'x', attachments });
    expect(refusal(answer)).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.body.details[0]?.field).toMatch(/^attachments/);
  });

  it('shows uploads of the canonical API as files', async () => {
    const form = new FormData();
    form.set('file', new Blob(['Hello, this is a note.']), 'note.txt');
    form.set('room_id', room);
    const upload = await fetch(`${world.url}/api/v1/chat/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${john.token}` },
      body: form,
    });
    const { data } = (await upload.json()) as { data: { file_id: string } };
    ok(
      await john.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
        message: 'My note',
        message_type: 'file',
        attachments: [{ file_id: data.file_id }],
      }),
    );
    expect((await history(owner, room)).messages[0]?.attachments).toEqual({
      files: [
        expect.objectContaining({
          name: 'note.txt',
          url: expect.stringMatching(/^http/),
          size: 22,
          type: 'text/plain',
        }),
      ],
    });
  });

  it('replies: replyToId and the message replied to', async () => {
    const question = await post(owner, room, 'Who is in?');
    const answer = await post(john, room, { content: 'Me', replyToId: question.id });
    const { sender, type, content, senderId, id } = question;
    const replyTo = { id, content, type, senderId, isDeleted: false, sentAt: expect.any(String), sender };
    expect(answer).toMatchObject({ replyToId: question.id, replyTo });
    const [, stored] = (await history(owner, room)).messages;
    expect(stored?.replyTo).toEqual(replyTo);
    const alone = (await history(owner, room, '?limit=1')).messages[0];
    expect(alone?.replyTo).toEqual(replyTo);
    ok(await owner.rest.delete(messagePath(question)));
    expect((await history(owner, room, '?limit=1')).messages[0]?.replyTo).toMatchObject({
      content: '',
      isDeleted: true,
    });
  });

  it('MESSAGE_SEND_FAILED: the message replied to is none of this room', async () => {
    const elsewhere = await post(owner, (await createRoom(owner)).id, 'Elsewhere');
    for (const replyToId of [elsewhere.id, NO_ROOM, 'nonsense']) {
      const answer = await john.rest.post(roomPath(room, '/messages'), { content: 'x', replyToId });
      expect(refusal(answer)).toEqual([400, 'MESSAGE_SEND_FAILED']);
      expect(answer.body.details).toEqual([{ field: 'replyToId', message: expect.any(String) }]);
    }
  });

  it('PATCH …/messages/{messageId} edits my own', async () => {
    const sent = await post(john, room, 'Helo');
    const answer = await john.rest.patch<{ message: WireMessage }>(messagePath(sent), { content: 'Hello' });
    expect([answer.status, answer.body.message]).toEqual([200, 'Message updated successfully']);
    expect(answer.body.data.message).toMatchObject({
      id: sent.id,
      content: 'Hello',
      isEdited: true,
      editedAt: expect.stringMatching(ISO),
    });
    expect(refusal(await owner.rest.patch(messagePath(sent), { content: 'Mine' }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    const blank = await john.rest.patch(messagePath(sent), { content: ' ' });
    expect(refusal(blank)).toEqual([400, 'VALIDATION_ERROR']);
    expect(blank.body.details[0]?.field).toBe('content');
    expect((await history(owner, room)).messages[0]?.content).toBe('Hello');
  });

  it('DELETE …/messages/{messageId} leaves a tombstone: my own, or as a moderator', async () => {
    const [mine, other] = [
      await post(john, room, { content: 'oops', attachments: FILES }),
      await post(owner, room, 'stays'),
    ];
    const answer = await john.rest.delete(messagePath(mine));
    expect(answer.body).toEqual({ success: true, data: null, message: 'Message deleted successfully' });
    expect(refusal(await john.rest.delete(messagePath(other)))).toEqual([403, 'FORBIDDEN']);
    expect((await history(owner, room)).messages[0]).toMatchObject({
      id: mine.id,
      content: '',
      isDeleted: true,
      attachments: null,
      reactions: [],
    });
    const rude = await post(john, room, 'rude');
    ok(await owner.rest.delete(messagePath(rude)));
    expect(refusal(await john.rest.patch(messagePath(rude), { content: 'x' }))).toEqual([
      404,
      'MESSAGE_NOT_FOUND',
    ]);
  });

  it('POST and DELETE …/reactions: grouped, each person once', async () => {
    const sent = await post(owner, room, 'Done');
    const path = messagePath(sent, '/reactions');
    for (const person of [john, john, owner]) ok(await person.rest.post(path, { emoji: '👍' }));
    const answer = await john.rest.post(path, { emoji: '🎉' });
    expect(answer.status).toBe(200);
    const grouped = [
      { emoji: '👍', count: 2, users: [john.id, owner.id] },
      { emoji: '🎉', count: 1, users: [john.id] },
    ];
    expect(answer.body.data).toEqual({ messageId: sent.id, reactions: grouped });
    expect((await history(john, room)).messages[0]?.reactions).toEqual(grouped);
    for (let times = 0; times < 2; times += 1)
      expect(ok(await john.rest.call<WireMessage>('DELETE', path, { emoji: '👍' })).reactions).toEqual([
        { emoji: '👍', count: 1, users: [owner.id] },
        { emoji: '🎉', count: 1, users: [john.id] },
      ]);
    const bad = await john.rest.post(path, { emoji: '' });
    expect(refusal(bad)).toEqual([400, 'VALIDATION_ERROR']);
    expect(bad.body.details[0]?.field).toBe('emoji');
  });

  it('finds a message only in its own room', async () => {
    const sent = await post(owner, room, 'here');
    const other = (await createRoom(owner)).id;
    for (const id of [sent.id, NO_ROOM, 'nonsense', '%00']) {
      const path = roomPath(other, `/messages/${id}`);
      for (const answer of [
        await owner.rest.patch(path, { content: 'x' }),
        await owner.rest.delete(path),
        await owner.rest.post(`${path}/reactions`, { emoji: '👍' }),
        await owner.rest.call('DELETE', `${path}/reactions`, { emoji: '👍' }),
      ])
        expect([id, ...refusal(answer)]).toEqual([id, 404, 'MESSAGE_NOT_FOUND']);
    }
    expect((await history(owner, room)).messages[0]).toMatchObject({ content: 'here', reactions: [] });
  });

  it('answers a repeat (same client id and content) with the stored message', async () => {
    const body = { content: 'once', clientId: 'c1' };
    const first = await post(john, room, body);
    expect(first).toMatchObject({ clientId: 'c1' });
    expect((await post(john, room, body)).id).toBe(first.id);
    expect((await post(john, room, { content: 'once', tempId: 'c1' })).id).toBe(first.id);
    const second = await post(john, room, { ...body, content: 'another' });
    expect(second.id).not.toBe(first.id);
    expect((await history(owner, room)).messages.map(({ content }) => content)).toEqual(['once', 'another']);
  });
});
