import { World, type Person } from '../../support/world.js';
import {
  connect,
  createRoom,
  groupOf,
  ISO,
  known,
  ok,
  post,
  refusal,
  roomPath,
  ROOMS,
  UUID,
  type WireRoom,
} from './helpers.js';

describe('workspace: chat rooms by REST', () => {
  let world: World;
  let owner: Person;
  let john: Person;
  beforeAll(async () => (world = await World.start()));
  beforeEach(() => {
    owner = world.person('business');
    john = world.person('client', {
      claims: { first_name: 'John', last_name: 'Doe', username: 'johndoe', email: 'john@example.com' },
    });
  });
  afterAll(() => world.stop());

  const list = async (person: Person, query = ''): Promise<WireRoom[]> =>
    ok(await person.rest.get<{ chatRooms: WireRoom[] }>(ROOMS + query)).chatRooms;
  const get = async (person: Person, id: string): Promise<WireRoom> =>
    ok(await person.rest.get<{ chatRoom: WireRoom }>(roomPath(id))).chatRoom;

  it('POST /api/chat/rooms creates a room and says so', async () => {
    await known(john);
    const answer = await owner.rest.post(ROOMS, {
      name: 'New Chat Room',
      description: 'A new chat room for discussions',
      type: 'GROUP',
      isPrivate: false,
      maxMembers: 50,
      participantIds: [john.id, 'somebody'],
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      success: true,
      data: {
        chatRoom: {
          id: expect.stringMatching(UUID),
          name: 'New Chat Room',
          description: 'A new chat room for discussions',
          type: 'GROUP',
          isPrivate: false,
          maxMembers: 50,
          isActive: true,
          createdBy: owner.id,
          createdAt: expect.stringMatching(ISO),
          updatedAt: expect.stringMatching(ISO),
          participantCount: 3,
        },
      },
      message: 'Chat room created successfully',
    });
  });

  it('GET /api/chat/rooms lists my rooms with their last message, the last used first', async () => {
    const [quiet, busy] = [await groupOf(owner, john), await groupOf(owner, john)];
    await known(world.person());
    const sent = await post(john, quiet, 'Hello everyone!');
    const rooms = await list(owner);
    expect(rooms.map(({ id }) => id)).toEqual([quiet, busy]);
    expect(rooms[0]).toEqual({
      id: quiet,
      name: 'Crew',
      description: null,
      type: 'GROUP',
      isPrivate: false,
      maxMembers: null,
      isActive: true,
      createdBy: owner.id,
      createdAt: expect.stringMatching(ISO),
      updatedAt: expect.stringMatching(ISO),
      participantCount: 2,
      lastMessage: {
        id: sent.id,
        content: 'Hello everyone!',
        sentAt: expect.stringMatching(ISO),
        sender: { id: john.id, firstName: 'John', lastName: 'Doe', username: 'johndoe', avatar: null },
      },
      unreadCount: 1,
    });
    expect(rooms[1]?.lastMessage).toBeNull();
    expect(await list(world.person())).toEqual([]);
    expect((await list(owner, '?page=2&limit=1')).map(({ id }) => id)).toEqual([busy]);
    expect(refusal(await owner.rest.get(`${ROOMS}?limit=101`))).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('GET /api/chat/rooms/{id} shows the room and the people in it with their roles', async () => {
    const room = await groupOf(owner, john);
    expect(await get(john, room)).toEqual({
      ...(await list(john)).map(({ lastMessage: _last, unreadCount: _count, ...rest }) => rest)[0],
      participants: [
        {
          userId: owner.id,
          role: 'OWNER',
          joinedAt: expect.stringMatching(ISO),
          user: { id: owner.id, firstName: 'business', lastName: owner.id, username: null, avatar: null },
        },
        {
          userId: john.id,
          role: 'MEMBER',
          joinedAt: expect.stringMatching(ISO),
          user: { id: john.id, firstName: 'John', lastName: 'Doe', username: 'johndoe', avatar: null },
        },
      ].sort((a, b) => (a.userId < b.userId ? -1 : 1)),
    });
  });

  it.each(['OWNER', 'ADMIN', 'MODERATOR', 'MEMBER'])('shows the participant role %s', async (role) => {
    const room = await groupOf(owner, john);
    ok(
      await owner.rest.put(`/api/v1/chat/rooms/${room}/participants/${john.id}/role`, {
        role: role.toLowerCase(),
      }),
    );
    const shown = (await get(john, room)).participants.find(({ userId }) => userId === john.id);
    expect(shown?.role).toBe(role);
  });

  it.each(['DIRECT', 'GROUP', 'CHANNEL', 'SUPPORT'])('creates and shows rooms of type %s', async (type) => {
    const staff = world.person('staff');
    const room = await createRoom(staff, { type, participantIds: [john.id] });
    expect(room).toMatchObject({ type, isPrivate: type === 'DIRECT' || type === 'SUPPORT' });
    expect((await get(staff, room.id)).type).toBe(type);
  });

  it.each([
    ['service_request', 'DIRECT'],
    ['internal', 'GROUP'],
    ['broadcast', 'CHANNEL'],
  ])('shows a room of the host (%s) as %s', async (kind, type) => {
    const staff = world.person('staff');
    await known(staff);
    const ref = {
      service_request: async () => world.serviceRoom([staff]),
      internal: async () => 'internal_shop',
      broadcast: async () => 'broadcast_all',
    }[kind];
    const key = await ref?.();
    ok(await staff.rest.post(`/api/v1/chat/rooms/${key}/join`));
    const { room } = ok(await staff.rest.get<{ room: { id: string } }>(`/api/v1/chat/rooms/${key}`));
    expect((await get(staff, room.id)).type).toBe(type);
  });

  it('gives the same two people the same DIRECT room, also after one has left it', async () => {
    const jane = world.person('client');
    const first = await createRoom(john, { type: 'DIRECT', participantIds: [jane.id] });
    ok(await john.rest.delete(roomPath(first.id)));
    expect(refusal(await john.rest.get(roomPath(first.id, '/messages')))).toEqual([403, 'NOT_PARTICIPANT']);
    const again = await jane.rest.post<{ chatRoom: WireRoom }>(ROOMS, {
      type: 'DIRECT',
      participantIds: [john.id],
    });
    expect(again.body.message).toBe('Chat room exists already');
    expect(again.body.data.chatRoom).toMatchObject({ id: first.id, participantCount: 2 });
    await post(john, first.id, 'back again');
  });

  it('PATCH /api/chat/rooms/{id} changes settings and activity', async () => {
    const room = await groupOf(owner, john);
    const answer = await owner.rest.patch(roomPath(room), {
      name: 'Renamed',
      description: 'About it',
      isPrivate: true,
      maxMembers: 10,
    });
    expect([answer.status, answer.body.message]).toEqual([200, 'Chat room updated successfully']);
    expect(answer.body.data.chatRoom).toMatchObject({
      id: room,
      name: 'Renamed',
      description: 'About it',
      isPrivate: true,
      maxMembers: 10,
      isActive: true,
    });
    ok(await owner.rest.patch(roomPath(room), { isActive: false, description: null, maxMembers: null }));
    expect(await get(john, room)).toMatchObject({ isActive: false, description: null, maxMembers: null });
    expect(refusal(await john.rest.post(roomPath(room, '/messages'), { content: 'x' }))).toEqual([
      409,
      'ROOM_INACTIVE',
    ]);
    ok(await owner.rest.patch(roomPath(room), { isActive: true }));
    await post(john, room, 'open again');
    expect(refusal(await owner.rest.patch(roomPath(room), {}))).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('shows a room that I archived as inactive, to me alone, until the next message', async () => {
    const room = await groupOf(owner, john);
    ok(await john.rest.post(`/api/v1/chat/rooms/${room}/archive`));
    const seenBy = async (person: Person): Promise<boolean[]> => {
      const socket = await connect(world, person);
      const joined = await socket.must<{ room: WireRoom }>('join_room', { roomId: room });
      const answer = await person.rest.post<{ chatRoom: WireRoom }>(roomPath(room));
      const rooms = [await get(person, room), ok(answer).chatRoom, joined.room, ...(await list(person))];
      return rooms.map(({ isActive }) => isActive);
    };
    expect(await seenBy(john)).toEqual([false, false, false, false]);
    expect(await seenBy(owner)).toEqual([true, true, true, true]);
    const renamed = await owner.rest.patch<{ chatRoom: WireRoom }>(roomPath(room), { name: 'New' });
    expect(ok(renamed).chatRoom.isActive).toBe(true);
    await post(owner, room, 'news');
    expect(await seenBy(john)).toEqual([true, true, true, true]);
    world.disconnectAll();
  });

  it('POST /api/chat/rooms/{id} joins', async () => {
    const room = await groupOf(owner);
    const answer = await john.rest.post<{ chatRoom: WireRoom }>(roomPath(room));
    expect([answer.status, answer.body.message]).toEqual([200, 'Joined chat room successfully']);
    expect(answer.body.data.chatRoom).toMatchObject({ id: room, participantCount: 2 });
    expect(answer.body.data.chatRoom.participants).toContainEqual(
      expect.objectContaining({ userId: john.id, role: 'MEMBER' }),
    );
    ok(await john.rest.post(roomPath(room)));
    expect((await get(owner, room)).participantCount).toBe(2);
  });

  it('DELETE /api/chat/rooms/{id} leaves; the last owner leaves the room to the next in rank', async () => {
    const jane = world.person('client');
    const room = await groupOf(owner, john, jane);
    ok(
      await owner.rest.put(`/api/v1/chat/rooms/${room}/participants/${jane.id}/role`, { role: 'moderator' }),
    );
    const answer = await owner.rest.delete(roomPath(room));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ success: true, data: null, message: 'Left chat room successfully' });
    expect(refusal(await owner.rest.get(roomPath(room, '/messages')))).toEqual([403, 'NOT_PARTICIPANT']);
    const { participants } = await get(jane, room);
    expect(participants.map(({ userId, role }) => [userId, role]).sort()).toEqual(
      [
        [jane.id, 'OWNER'],
        [john.id, 'MEMBER'],
      ].sort(),
    );
    for (const person of [jane, john]) ok(await person.rest.delete(roomPath(room)));
  });

  it('DELETE /api/chat/rooms/{id}/permanently removes the room with all that is in it', async () => {
    const admin = world.person('admin');
    const room = await groupOf(admin, john);
    await post(john, room, 'soon gone');
    const answer = await admin.rest.delete(roomPath(room, '/permanently'));
    expect(answer.body).toEqual({ success: true, data: null, message: 'Chat room deleted successfully' });
    expect(refusal(await john.rest.get(roomPath(room)))).toEqual([404, 'CHAT_ROOM_NOT_FOUND']);
    expect(await list(john)).toEqual([]);
  });
});
