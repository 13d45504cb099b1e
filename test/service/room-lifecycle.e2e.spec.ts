import { World, type Person } from '../support/world.js';
import {
  API,
  messagesPath,
  ok,
  openRoom,
  post,
  refusal,
  roomPath,
  wire,
  type WireMessage,
} from './helpers.js';
import { groupWith, known } from './room-helpers.js';

interface MyRoom {
  room_id: string;
  archived: boolean;
  status: string;
}

describe('archiving, blocking and removing rooms', () => {
  let world: World;
  let one: Person;
  let other: Person;
  let room: string;
  beforeAll(async () => (world = await World.start()));
  beforeEach(async () => {
    [one, other] = [world.person(), world.person('provider')];
    await known(one, other);
    room = (await openRoom(one, { type: 'direct', participant_ids: [wire(other)] })).room_id;
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const mine = async (person: Person, query = ''): Promise<MyRoom[]> =>
    ok(await person.rest.get<{ rooms: MyRoom[] }>(`${API}/rooms${query}`)).rooms;
  const act = (person: Person, action: string) => person.rest.post(roomPath(room, `/${action}`));
  const write = async (person: Person): Promise<[number, string]> =>
    refusal(await person.rest.post(messagesPath(room), { message: 'x' }));

  describe('archive', () => {
    it('is for me alone, and a new message brings the room back', async () => {
      await post(other, room, 'hello');
      ok(await act(one, 'archive'));
      expect(await mine(one)).toMatchObject([{ room_id: room, archived: true, status: 'active' }]);
      expect(await mine(one, '?archived=false')).toEqual([]);
      expect(await mine(one, '?archived=true')).toHaveLength(1);
      expect(await mine(other)).toMatchObject([{ archived: false }]);
      await post(other, room, 'news');
      expect(await mine(one)).toMatchObject([{ archived: false }]);
      expect(await mine(one, '?archived=true')).toEqual([]);
    });

    it('works in a room without messages, again, and until unarchive', async () => {
      for (const action of ['archive', 'archive']) ok(await act(one, action));
      expect(await mine(one)).toMatchObject([{ archived: true }]);
      for (const action of ['unarchive', 'unarchive']) ok(await act(one, action));
      expect(await mine(one)).toMatchObject([{ archived: false }]);
    });

    it('is for participants', async () => {
      for (const person of [world.person(), world.person('admin')])
        expect(refusal(await act(person, 'archive'))).toEqual([403, 'ACCESS_DENIED']);
    });
  });

  describe('block', () => {
    it('stops both sides; only the one who blocked unblocks', async () => {
      const [socket] = await world.joined(room, other);
      for (const action of ['block', 'block']) ok(await act(one, action));
      expect(await socket!.waitFor('room_updated')).toMatchObject({ room: { status: 'blocked' } });
      for (const person of [one, other]) expect(await write(person)).toEqual([409, 'ROOM_INACTIVE']);
      expect(await socket!.ask('send_message', { room_id: room, message: 'x' })).toMatchObject({
        code: 'ROOM_INACTIVE',
      });
      expect(refusal(await act(other, 'unblock'))).toEqual([403, 'ACCESS_DENIED']);
      expect(refusal(await other.rest.post(roomPath(room, '/reopen')))).toEqual([409, 'CONFLICT']);
      expect(await write(other)).toEqual([409, 'ROOM_INACTIVE']);
      for (const action of ['unblock', 'unblock']) ok(await act(one, action));
      for (const person of [one, other]) await post(person, room, 'peace');
    });

    it('is lifted by an administrator, too', async () => {
      ok(await act(one, 'block'));
      ok(await act(world.person('admin'), 'unblock'));
      await post(other, room, 'thank you');
    });

    it('takes one winner where both block at the same moment', async () => {
      await Promise.all([act(one, 'block'), act(other, 'block')]);
      const answers = await Promise.all([act(one, 'unblock'), act(other, 'unblock')]);
      expect(answers.map(({ status }) => status).includes(200)).toBe(true);
      expect((await mine(one))[0]?.status).toBe('active');
    });

    it('is not for strangers, groups, or rooms that have ended', async () => {
      expect(refusal(await act(world.person(), 'block'))).toEqual([403, 'ACCESS_DENIED']);
      const group = await groupWith(other, [[one, 'member']]);
      expect(refusal(await other.rest.post(roomPath(group, '/block')))).toEqual([409, 'CONFLICT']);
      ok(await other.rest.post(roomPath(room, '/close'), { status: 'resolved' }));
      expect(refusal(await act(one, 'block'))).toEqual([409, 'CONFLICT']);
    });
  });

  describe('removing for good', () => {
    it('takes everything along, tells who is in the room, and ends delivery', async () => {
      const group = await groupWith(other, [[one, 'member']]);
      const sent = await post(one, group, 'soon gone');
      const [socket] = await world.joined(group, one);
      ok(await other.rest.delete(roomPath(group)));
      expect(await socket!.waitFor('room_deleted')).toEqual({ room_id: group });
      expect(refusal(await one.rest.get(roomPath(group)))).toEqual([404, 'ROOM_NOT_FOUND']);
      expect(refusal(await one.rest.get(`${API}/messages/${sent.id}`))).toEqual([404, 'MESSAGE_NOT_FOUND']);
      expect(await socket!.ask('send_message', { room_id: group, message: 'x' })).toMatchObject({
        code: 'ROOM_NOT_FOUND',
      });
      expect((await mine(one)).map(({ room_id }) => room_id)).toEqual([room]);
    });

    it('answers a message that was on its way with an error, not with silence', async () => {
      const group = await groupWith(other, [[one, 'member']]);
      const [socket] = await world.joined(group, one);
      const sending = Array.from({ length: 20 }, () =>
        socket!.ask<WireMessage>('send_message', { room_id: group, message: 'x' }),
      );
      ok(await other.rest.delete(roomPath(group)));
      for (const answer of await Promise.all(sending))
        expect(answer.success || ['ROOM_NOT_FOUND', 'ROOM_INACTIVE'].includes(answer.code)).toBe(true);
    });
  });

  it('gives a direct room back to who left it, when either opens it again', async () => {
    ok(await act(one, 'leave'));
    expect(await write(one)).toEqual([403, 'ACCESS_DENIED']);
    const again = await openRoom(other, { type: 'direct', participant_ids: [wire(one)] });
    expect(again).toMatchObject({ room_id: room, participant_count: 2 });
    await post(one, room, 'back');
  });
});
