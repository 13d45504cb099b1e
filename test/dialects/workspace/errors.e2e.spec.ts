import { World, type Person } from '../../support/world.js';
import {
  connect,
  createRoom,
  groupOf,
  history,
  joined,
  known,
  NO_ROOM,
  ok,
  post,
  refusal,
  roomPath,
  ROOMS,
  sentinel,
  type WireRoom,
} from './helpers.js';
import { sql } from '../../service/helpers.js';

const SIX_FILES = Array.from({ length: 6 }, (_, n) => ({
  name: `${n}.pdf`,
  url: `https://example.com/${n}.pdf`,
}));
const ROOM_EVENTS = ['leave_room', 'typing_start', 'typing_stop', 'mark_read'] as const;

describe('workspace: codes and permissions', () => {
  let world: World;
  let owner: Person;
  let john: Person;
  let outsider: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    owner = world.person('business');
    john = world.person('client');
    outsider = world.person('client');
    room = await groupOf(owner, john);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const asked = (id: string): [method: string, path: string, body?: unknown][] => [
    ['GET', roomPath(id)],
    ['DELETE', roomPath(id)],
    ['GET', roomPath(id, '/messages')],
    ['POST', roomPath(id, '/messages'), { content: 'x' }],
    ['PATCH', roomPath(id, `/messages/${NO_ROOM}`), { content: 'x' }],
    ['DELETE', roomPath(id, `/messages/${NO_ROOM}`)],
    ['POST', roomPath(id, `/messages/${NO_ROOM}/reactions`), { emoji: '👍' }],
    ['DELETE', roomPath(id, `/messages/${NO_ROOM}/reactions`), { emoji: '👍' }],
  ];

  it('UNAUTHORIZED: no token, or a bad one', async () => {
    for (const [method, path, body] of [['GET', ROOMS], ['POST', ROOMS, {}], ...asked(room)] as const) {
      const answer = await world.anonymous().call(method, path, body);
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        success: false,
        error: expect.any(String),
        code: 'UNAUTHORIZED',
        details: [],
      });
    }
  });

  it('FORBIDDEN: chats:read, chats:create, chats:update and chats:delete are asked for', async () => {
    const powerless = world.person('business', { claims: { permissions: [] } });
    for (const [method, path, permission] of [
      ['GET', ROOMS, 'chats:read'],
      ['POST', ROOMS, 'chats:create'],
      ['PATCH', roomPath(room), 'chats:update'],
      ['DELETE', roomPath(room, '/permanently'), 'chats:delete'],
    ] as const) {
      const answer = await powerless.rest.call(method, path, method === 'GET' ? undefined : {});
      expect(refusal(answer)).toEqual([403, 'FORBIDDEN']);
      expect(answer.body.details).toEqual([{ required_permission: permission }]);
    }
  });

  it.each([
    ['client', ['DIRECT', 'SUPPORT']],
    ['customer', ['DIRECT', 'SUPPORT']],
    ['business', ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT']],
    ['supplier', ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT']],
    ['support', ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT']],
    ['admin', ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT']],
  ])('FORBIDDEN: %s creates %j', async (role, types) => {
    const person = world.person(role);
    for (const type of ['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT']) {
      const participantIds = type === 'DIRECT' ? [john.id] : [];
      const answer = await person.rest.post(ROOMS, { name: 'x', type, participantIds });
      expect([type, ...refusal(answer)]).toEqual(
        types.includes(type) ? [type, 201, undefined] : [type, 403, 'FORBIDDEN'],
      );
    }
  });

  it('FORBIDDEN: a member without chats:update, and one who is muted', async () => {
    const editor = world.person('business');
    expect(refusal(await john.rest.patch(roomPath(room), { name: 'Mine' }))).toEqual([403, 'FORBIDDEN']);
    expect(refusal(await editor.rest.patch(roomPath(room), { name: 'Mine' }))).toEqual([
      403,
      'NOT_PARTICIPANT',
    ]);
    ok(await editor.rest.post(roomPath(room)));
    ok(await editor.rest.patch(roomPath(room), { name: 'Ours' }));
    const until = new Date(Date.now() + 60_000).toISOString();
    ok(await owner.rest.put(`/api/v1/chat/rooms/${room}/participants/${john.id}/mute`, { until }));
    const answer = await john.rest.post(roomPath(room, '/messages'), { content: 'x' });
    expect(refusal(answer)).toEqual([403, 'FORBIDDEN']);
    expect(answer.body.details).toEqual([{ muted_until: until }]);
    const [socket] = await joined(world, room, john);
    expect(await socket!.ask('send_message', { roomId: room, content: 'x' })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await socket!.waitFor('message_error')).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    ['unknown and malformed', [NO_ROOM, 'nonsense', '%00', '1']],
    ['over-long', [`service_${'9'.repeat(200)}`, NO_ROOM.repeat(10), 'x'.repeat(8_000)]],
  ])('CHAT_ROOM_NOT_FOUND: %s ids alike, by REST and sockets', async (_which, ids) => {
    const socket = await connect(world, john);
    for (const id of ids) {
      for (const [method, path, body] of [...asked(id), ['POST', roomPath(id)] as const])
        expect([path, ...refusal(await john.rest.call(method, path, body))]).toEqual([
          path,
          404,
          'CHAT_ROOM_NOT_FOUND',
        ]);
      for (const event of ['join_room', 'send_message', ...ROOM_EVENTS]) {
        socket.forget();
        expect(await socket.ask(event, { roomId: id, content: 'x' })).toMatchObject({
          success: false,
          code: 'CHAT_ROOM_NOT_FOUND',
        });
        expect(await socket.waitFor(event === 'send_message' ? 'message_error' : 'room_error')).toMatchObject(
          { code: 'CHAT_ROOM_NOT_FOUND', message: expect.any(String), event },
        );
      }
    }
    expect(await socket.ask('join_room', { roomId: 7 })).toMatchObject({ code: 'CHAT_ROOM_NOT_FOUND' });
  });

  it('NOT_PARTICIPANT: everything but the details of a room that is not private', async () => {
    const [[, ...rest], socket] = [asked(room), await connect(world, outsider)];
    for (const [method, path, body] of rest)
      expect([method, path, ...refusal(await outsider.rest.call(method, path, body))]).toEqual([
        method,
        path,
        403,
        'NOT_PARTICIPANT',
      ]);
    for (const event of ['send_message', 'typing_start', 'typing_stop', 'mark_read']) {
      expect(await socket.ask(event, { roomId: room, content: 'x' })).toMatchObject({
        code: 'NOT_PARTICIPANT',
      });
    }
    expect(socket.of('room_error')).toHaveLength(3);
    expect(socket.of('message_error')).toHaveLength(1);
    const shown = ok(await outsider.rest.get<{ chatRoom: WireRoom }>(roomPath(room))).chatRoom;
    expect(shown).toMatchObject({ id: room, participantCount: 2 });
    expect((await history(owner, room)).messages).toEqual([]);
  });

  it('NOT_PARTICIPANT: details of a public room without chats:read, of a private one with it', async () => {
    const blind = world.person('client', { claims: { permissions: [] } });
    expect(refusal(await blind.rest.get(roomPath(room)))).toEqual([403, 'NOT_PARTICIPANT']);
    const secret = (await createRoom(owner, { isPrivate: true })).id;
    expect(refusal(await outsider.rest.get(roomPath(secret)))).toEqual([403, 'NOT_PARTICIPANT']);
    const direct = await createRoom(john, { type: 'DIRECT', participantIds: [owner.id] });
    for (const person of [outsider, world.person('support')])
      expect(refusal(await person.rest.get(roomPath(direct.id, '/messages')))).toEqual([
        403,
        'NOT_PARTICIPANT',
      ]);
  });

  it('NOT_PARTICIPANT: leave_room of a private room that is not open; what is open may be left', async () => {
    const secret = (await createRoom(owner, { isPrivate: true })).id;
    const stranger = await connect(world, outsider);
    expect(await stranger.ask('leave_room', { roomId: secret })).toMatchObject({ code: 'NOT_PARTICIPANT' });
    expect(await stranger.waitFor('room_error')).toMatchObject({ code: 'NOT_PARTICIPANT' });
    expect(stranger.of('room_left')).toEqual([]);
    expect(await stranger.must('leave_room', { roomId: room })).toEqual({ roomId: room });
    const moderator = world.person('support');
    const socket = await connect(world, moderator);
    const group = await createRoom(john, { type: 'DIRECT', participantIds: [owner.id] });
    const admin = world.person('admin', { id: moderator.id });
    await socket.must('authenticate', { token: admin.token });
    await socket.must('join_room', { roomId: group.id });
    await socket.must('authenticate', { token: moderator.token });
    expect(await socket.must('leave_room', { roomId: group.id })).toEqual({ roomId: group.id });
    expect(await socket.ask('leave_room', { roomId: group.id })).toMatchObject({ code: 'NOT_PARTICIPANT' });
  });

  it('lets chats:moderate look into private groups, and writes it down', async () => {
    const moderator = world.person('support');
    const secret = (await createRoom(owner, { isPrivate: true })).id;
    await post(owner, secret, 'among us');
    expect((await history(moderator, secret)).messages).toHaveLength(1);
    ok(await moderator.rest.get(roomPath(secret)));
    const entries = await sql(
      world,
      'SELECT action, target_id FROM audit_entries WHERE actor_id = $1 ORDER BY created_at',
      [moderator.id],
    );
    expect(entries).toEqual([
      { action: 'room.override.read', target_id: secret },
      { action: 'room.override.read', target_id: secret },
    ]);
    expect(refusal(await moderator.rest.get(roomPath(room, '/messages')))).toEqual([403, 'NOT_PARTICIPANT']);
    expect(refusal(await moderator.rest.post(roomPath(secret, '/messages'), { content: 'x' }))).toEqual([
      403,
      'NOT_PARTICIPANT',
    ]);
  });

  it('JOIN_ROOM_FAILED: capacity', async () => {
    const full = (await createRoom(owner, { maxMembers: 2, participantIds: [john.id] })).id;
    const answer = await outsider.rest.post(roomPath(full));
    expect(refusal(answer)).toEqual([409, 'JOIN_ROOM_FAILED']);
    expect(answer.body.details).toEqual([{ max_members: 2 }]);
    const socket = await connect(world, outsider);
    expect(await socket.ask('join_room', { roomId: full })).toMatchObject({ code: 'JOIN_ROOM_FAILED' });
    expect(await socket.waitFor('room_error')).toMatchObject({ code: 'JOIN_ROOM_FAILED' });
    await joined(world, full, john);
  });

  it('JOIN_ROOM_FAILED: permissions; chats:join_private opens private rooms', async () => {
    const secret = (await createRoom(owner, { isPrivate: true })).id;
    const socket = await connect(world, outsider);
    expect(refusal(await outsider.rest.post(roomPath(secret)))).toEqual([403, 'JOIN_ROOM_FAILED']);
    expect(await socket.ask('join_room', { roomId: secret })).toMatchObject({ code: 'JOIN_ROOM_FAILED' });
    expect(await socket.waitFor('room_error')).toMatchObject({ code: 'JOIN_ROOM_FAILED' });
    await post(owner, secret, 'not for you');
    await sentinel(outsider, socket);
    expect(socket.of('new_message')).toHaveLength(1);
    const invited = world.person('client', {
      claims: { permissions: ['chats:read', 'chats:join_private'] },
    });
    ok(await invited.rest.post(roomPath(secret)));
    const direct = await createRoom(john, { type: 'DIRECT', participantIds: [owner.id] });
    expect(refusal(await invited.rest.post(roomPath(direct.id)))).toEqual([403, 'JOIN_ROOM_FAILED']);
  });

  it('ROOM_INACTIVE: a room that was deactivated', async () => {
    ok(await owner.rest.patch(roomPath(room), { isActive: false }));
    expect(refusal(await john.rest.post(roomPath(room, '/messages'), { content: 'x' }))).toEqual([
      409,
      'ROOM_INACTIVE',
    ]);
    const [socket] = await joined(world, room, john);
    expect(await socket!.ask('send_message', { roomId: room, content: 'x' })).toMatchObject({
      code: 'ROOM_INACTIVE',
    });
    expect(await socket!.waitFor('message_error')).toMatchObject({ code: 'ROOM_INACTIVE' });
  });

  it('MESSAGE_SEND_FAILED: a failure on our side', async () => {
    await sql(
      world,
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`,
    );
    await sql(
      world,
      `CREATE TRIGGER fail BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.content = 'break') EXECUTE FUNCTION fail()`,
    );
    const answer = await john.rest.post(roomPath(room, '/messages'), { content: 'break' });
    expect(refusal(answer)).toEqual([500, 'MESSAGE_SEND_FAILED']);
    expect(JSON.stringify(answer.body)).not.toContain('broken');
    const socket = await connect(world, john);
    expect(await socket.ask('send_message', { roomId: room, content: 'break' })).toMatchObject({
      code: 'MESSAGE_SEND_FAILED',
    });
    expect(await socket.waitFor('message_error')).toMatchObject({ code: 'MESSAGE_SEND_FAILED' });
    await post(john, room, 'goes on');
  });

  it('INVALID_PARTICIPANTS: a DIRECT room of one or three, and more people than maxMembers', async () => {
    await known(john);
    for (const body of [
      { type: 'DIRECT' },
      { type: 'DIRECT', participantIds: [owner.id] },
      { type: 'DIRECT', participantIds: [john.id, outsider.id] },
      { type: 'GROUP', name: 'x', maxMembers: 2, participantIds: [john.id, outsider.id] },
    ]) {
      const answer = await owner.rest.post(ROOMS, body);
      expect(refusal(answer)).toEqual([400, 'INVALID_PARTICIPANTS']);
      expect(answer.body.details[0]?.field).toBe('participantIds');
    }
  });

  it.each([
    [{ type: 'group', name: 'x' }, 'type'],
    [{ name: 'x' }, 'type'],
    [{ type: 'GROUP' }, 'name'],
    [{ type: 'CHANNEL', name: ' ' }, 'name'],
    [{ type: 'GROUP', name: 'x'.repeat(129) }, 'name'],
    [{ type: 'GROUP', name: 'x', maxMembers: 1 }, 'maxMembers'],
    [{ type: 'GROUP', name: 'x', maxMembers: '5' }, 'maxMembers'],
    [{ type: 'GROUP', name: 'x', isPrivate: 'yes' }, 'isPrivate'],
    [{ type: 'GROUP', name: 'x', participantIds: 'everyone' }, 'participantIds'],
    [{ type: 'GROUP', name: 'x', participantIds: [{}] }, 'participantIds.0'],
    [{ type: 'GROUP', name: 'x\u0000' }, 'name'],
  ])('VALIDATION_ERROR: POST /api/chat/rooms %j names %s', async (body, field) => {
    const answer = await owner.rest.post(ROOMS, body);
    expect(refusal(answer)).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.body.details.map((detail) => detail.field)).toEqual([field]);
  });

  it.each([
    [{ content: '' }, 'VALIDATION_ERROR', 'content'],
    [{ content: ' ' }, 'VALIDATION_ERROR', 'content'],
    [{ content: 5 }, 'VALIDATION_ERROR', 'content'],
    [{ content: 'x', type: 'SHOUT' }, 'VALIDATION_ERROR', 'type'],
    [{ content: 'x', replyToId: {} }, 'VALIDATION_ERROR', 'replyToId'],
    [{ content: '\ud800' }, 'VALIDATION_ERROR', 'content'],
    [{ content: 'x'.repeat(2_001) }, 'MESSAGE_TOO_LONG', undefined],
    [{ content: 'x', attachments: { files: SIX_FILES } }, 'TOO_MANY_FILES', undefined],
    [{ type: 'FILE', attachments: { files: SIX_FILES } }, 'TOO_MANY_FILES', undefined],
  ])('bad messages, by REST and socket: %j', async (body, code, field) => {
    const socket = await connect(world, john);
    const answer = await john.rest.post(roomPath(room, '/messages'), body);
    expect(refusal(answer)).toEqual([400, code]);
    expect(answer.body.details[0]?.field).toBe(field);
    const refused = await socket.ask('send_message', { roomId: room, ...body });
    expect(refused).toMatchObject({ success: false, code });
    expect(refused.details[0]?.field).toBe(field);
    expect(await socket.waitFor('message_error')).toMatchObject({ code, event: 'send_message' });
    expect((await history(owner, room)).messages).toEqual([]);
  });

  it('TOO_MANY_FILES says how many are allowed, and those are taken', async () => {
    const [refused, taken] = [{ files: SIX_FILES }, { files: SIX_FILES.slice(1) }];
    const answer = await john.rest.post(roomPath(room, '/messages'), { attachments: refused });
    expect(answer.body).toEqual({
      success: false,
      error: expect.any(String),
      code: 'TOO_MANY_FILES',
      details: [{ max_files: 5 }],
    });
    expect(await post(john, room, { attachments: taken })).toMatchObject({ attachments: taken });
    const socket = await connect(world, john);
    expect(await socket.must('send_message', { roomId: room, attachments: taken })).toMatchObject({
      message: { attachments: taken },
    });
  });

  it('MESSAGE_NOT_FOUND and RATE_LIMITED keep the common codes', async () => {
    const hasty = await World.start({ CHAT_MESSAGE_LIMIT: '2' });
    try {
      const [mine, them] = [hasty.person('business'), hasty.person('client')];
      const shared = await groupOf(mine, them);
      for (const content of ['1', '2']) await post(mine, shared, { content, clientId: content });
      const answer = await mine.rest.post(roomPath(shared, '/messages'), { content: '3' });
      expect(refusal(answer)).toEqual([429, 'RATE_LIMITED']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await post(mine, shared, { content: '2', clientId: '2' });
    } finally {
      await hasty.stop();
    }
    expect(refusal(await john.rest.delete(roomPath(room, `/messages/${NO_ROOM}`)))).toEqual([
      404,
      'MESSAGE_NOT_FOUND',
    ]);
  });

  it('error: an event that this contract does not know', async () => {
    const socket = await connect(world, john);
    expect(await socket.ask('dance', { roomId: room })).toMatchObject({ success: false, code: 'NOT_FOUND' });
    expect(await socket.waitFor('error')).toMatchObject({ code: 'NOT_FOUND', message: expect.any(String) });
  });

  it('answers failures before a route in the same envelope', async () => {
    const broken = await john.rest.call('POST', roomPath(room, '/messages'), '{"content":');
    expect([broken.status, broken.body.success, broken.body.code]).toEqual([400, false, 'VALIDATION_ERROR']);
    expect(refusal(await john.rest.get(roomPath(room, '/dance')))).toEqual([404, 'NOT_FOUND']);
  });
});
