import type { RestClient } from '../support/rest-client.js';
import { World, type Person } from '../support/world.js';
import {
  API,
  DIRECTORY,
  history,
  messagesPath,
  ok,
  openRoom,
  post,
  refusal,
  roomPath,
  sql,
  texts,
  wire,
  type WireMessage,
} from './helpers.js';
import { groupWith, known } from './room-helpers.js';

/** Every answer that could name somebody, as text. */
async function everyAnswer(viewer: Person, host: RestClient, rooms: string[], context: string) {
  const paths = [
    `${API}/rooms`,
    `${API}/unread`,
    ...rooms.flatMap((room) => [
      roomPath(room),
      roomPath(room, '/participants'),
      roomPath(room, '/online'),
      messagesPath(room),
    ]),
  ];
  const answers = await Promise.all(paths.map((path) => viewer.rest.get(path)));
  answers.push(await host.get(`${DIRECTORY}/contexts/service_request/${context}`));
  for (const room of rooms) {
    const { messages } = await history(viewer, room);
    for (const { id } of messages) answers.push(await viewer.rest.get(`${API}/messages/${id}`));
  }
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
  return answers.map((answer) => JSON.stringify(answer.body)).join('\n');
}

/** The audit log keeps who did what. */
const KEPT = ['audit_entries', 'migrations'];

async function tablesThatHold(world: World, id: string): Promise<string[]> {
  const tables = await sql<{ name: string }>(
    world,
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL ($1)`,
    [KEPT],
  );
  const holding: string[] = [];
  for (const { name } of tables) {
    const rows = await sql(world, `SELECT 1 FROM "${name}" t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [
      id,
    ]);
    if (rows.length > 0) holding.push(name);
  }
  return holding;
}

describe('erasing a person', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  it.each([
    ['a text id', 'erase-me-7f3a'],
    ['a number as id', '987654321'],
  ])('keeps their messages and nothing else of them (%s)', async (_case, id) => {
    const host = world.host();
    const customer = world.person();
    const gone = world.person('staff', { id, name: `Wilhelmina ${id}` });
    const mentions = [gone.name, 'Wilhelmina', id];
    ok(
      await host.rest.put(`${DIRECTORY}/users/${id}`, {
        name: gone.name,
        role: 'staff',
        avatar: `https://cdn.example.com/${id}.jpg`,
      }),
    );
    const service = await world.serviceRoom([customer]);
    const context = service.replace('service_', '');
    ok(
      await host.rest.put(`${DIRECTORY}/contexts/service_request/${context}`, {
        participants: [customer, gone].map((person) => ({ user_id: wire(person), role: person.role })),
      }),
    );
    const direct = await openRoom(gone, { type: 'direct', participant_ids: [wire(customer)] });
    const group = await openRoom(gone, { type: 'group', name: 'Crew', participant_ids: [wire(customer)] });
    const rooms = [service, direct.room_id, group.room_id];
    const sockets = [await world.socket(gone), await world.socket(gone, { namespace: '/' })];
    for (const socket of sockets) await socket.must('join_room', { room_id: service });
    const [watching] = await world.joined(service, customer);
    const question = await post(customer, service, 'Who comes?');
    const reply = await post(gone, service, 'I do', { client_id: 'before', reply_to: question.id });
    await post(gone, direct.room_id, 'Hello in private');
    await sockets[0]!.must('mark_read', { room_id: service, message_id: question.id });
    await watching!.waitFor('message_read');
    const before = await everyAnswer(customer, host.rest, rooms, context);
    for (const mention of mentions) expect(before).toContain(mention);

    expect(await tablesThatHold(world, id)).toEqual(
      expect.arrayContaining(['users', 'participants', 'receipts', 'messages', 'contexts', 'rooms']),
    );

    ok(await host.rest.delete(`${DIRECTORY}/users/${id}`));
    await Promise.all(sockets.map((socket) => socket.waitFor('disconnect')));

    const after = await everyAnswer(customer, host.rest, rooms, context);
    for (const mention of mentions) expect(after).not.toContain(mention);
    const page = await history(customer, service);
    expect(texts(page).slice(-2)).toEqual(['Who comes?', 'I do']);
    expect(page.messages.at(-1)).toMatchObject({
      id: reply.id,
      sender: { name: 'deleted user', avatar: null },
    });
    expect(page.messages.at(-2)?.read_by).toEqual([]);
    expect(page.messages[0]).toMatchObject({ message_type: 'system' });
    expect((await history(customer, direct.room_id)).messages[0]?.sender.name).toBe('deleted user');
    expect(refusal(await host.rest.get(`${DIRECTORY}/users/${id}`))).toEqual([404, 'NOT_FOUND']);
    // Idempotent: there is nothing left to erase.
    ok(await host.rest.delete(`${DIRECTORY}/users/${id}`));
    expect(ok(await customer.rest.get(`${API}/presence?user_ids=${id}`))).toEqual({ users: [] });
    expect(await tablesThatHold(world, id)).toEqual([]);

    // Somebody with this id comes anew.
    const again = world.person('staff', { id, name: 'Somebody New' });
    expect(ok<{ rooms: unknown[] }>(await again.rest.get(`${API}/rooms`)).rooms).toEqual([]);
    // Staff may look into private groups as moderators; they are in none of these rooms.
    for (const room of [service, direct.room_id])
      expect(refusal(await again.rest.get(messagesPath(room)))).toEqual([403, 'ACCESS_DENIED']);
    for (const room of rooms)
      expect(refusal(await again.rest.post(messagesPath(room), { message: 'x' }))).toEqual([
        403,
        'ACCESS_DENIED',
      ]);
    const fresh = await openRoom(again, { type: 'direct', participant_ids: [wire(customer)] });
    expect(fresh.id).not.toBe(direct.id);
    ok(
      await host.rest.put(`${DIRECTORY}/contexts/service_request/${context}`, {
        participants: [customer, again].map((person) => ({ user_id: wire(person), role: person.role })),
      }),
    );
    const retold = await post(again, service, 'I do', { client_id: 'before' });
    expect(retold.id).not.toBe(reply.id);
    const senders = (await history(again, service)).messages
      .filter((message) => message.message === 'I do')
      .map((message) => message.sender.name);
    expect(senders).toEqual(['deleted user', 'Somebody New']);
  });

  it.each([
    ['a text id', 'forget-me-51c9'],
    ['a number as id', '876543219'],
  ])('takes them out of what they did to others, and others to them (%s)', async (_case, id) => {
    const [host, admin, owner] = [world.host(), world.person('admin'), world.person('staff')];
    const [customer, other] = [world.person(), world.person()];
    const gone = world.person('staff', {
      id,
      name: `Ermintrude ${id}`,
      claims: { username: 'ermin', permissions: ['chats:read', 'chats:create', 'chats:moderate'] },
    });
    await known(admin, owner, customer, other, gone);
    const named = [gone.name, 'Ermintrude', id];
    const crew = await groupWith(owner, [
      [gone, 'admin'],
      [customer, 'member'],
      [other, 'member'],
    ]);
    const elsewhere = await groupWith(owner, [[customer, 'member']]);
    const lost = await groupWith(gone, [[customer, 'member']]);
    const direct = (await openRoom(gone, { type: 'direct', participant_ids: [wire(customer)] })).room_id;
    const pair = { providerId: wire(gone), customerId: wire(customer), orderId: 77 };
    ok(await admin.rest.post('/api/provider-customer-chat/conversations', pair));

    const said = await post(gone, crew, 'Pass it on', { client_id: `${id}-1` });
    const gossip = await post(gone, lost, 'And this', { client_id: `${id}-2` });
    const mention = await post(customer, crew, 'Thanks @ermin and all');
    expect(mention).toMatchObject({ mentions: [wire(gone)] });
    const forward = async (message: string, room: string) =>
      ok(
        await customer.rest.post<{ messages: WireMessage[] }>(`${API}/messages/${message}/forward`, {
          room_ids: [room],
        }),
      ).messages[0]!;
    const passedOn = [await forward(said.id, elsewhere), await forward(gossip.id, elsewhere)];
    expect(passedOn[0]!.metadata).toMatchObject({ forwarded_from: { sender_name: gone.name } });
    const again = await forward(passedOn[0]!.id, crew);
    ok(await gone.rest.delete(roomPath(lost)));
    ok(await gone.rest.patch(`${API}/messages/${said.id}`, { message: 'Pass it on, please' }));
    ok(await gone.rest.put(`${API}/messages/${mention.id}/pin`));
    ok(await gone.rest.post(`${API}/messages/${mention.id}/reactions`, { reaction: '👍' }));
    ok(await gone.rest.post(roomPath(crew, '/invitations'), { expires_in: 600 }));
    ok(await gone.rest.put(roomPath(crew, `/participants/${other.id}/mute`), {}));
    ok(await gone.rest.put(roomPath(crew, `/bans/${world.person().id}`), {}));
    ok(await owner.rest.put(roomPath(crew, `/participants/${id}/mute`), {}));
    ok(await owner.rest.put(roomPath(elsewhere, `/bans/${id}`), {}));
    ok(await gone.rest.post(roomPath(direct, '/block')));
    const [watching] = await world.joined(direct, customer);
    expect(await tablesThatHold(world, id)).toEqual(
      expect.arrayContaining(['users', 'participants', 'messages', 'rooms', 'invitations']),
    );

    ok(await host.rest.delete(`${DIRECTORY}/users/${id}`));

    expect(await tablesThatHold(world, id)).toEqual([]);
    for (const name of named.slice(0, 2)) expect(await tablesThatHold(world, name)).toEqual([]);
    const kept = await sql<{ target_id: string }>(
      world,
      `SELECT target_id FROM audit_entries WHERE action = 'conversation.override.open' ORDER BY id DESC LIMIT 1`,
    );
    expect(kept[0]?.target_id).toMatch(new RegExp(`^deleted:.*, ${customer.id}$`));

    const [forwarded, orphan] = (await history(customer, elsewhere)).messages;
    for (const message of [forwarded, orphan])
      expect(message?.metadata).toMatchObject({ forwarded_from: { sender_name: 'deleted user' } });
    const ofCrew = (await history(customer, crew)).messages;
    expect(ofCrew.find((message) => message.id === again.id)?.metadata).toMatchObject({
      forwarded_from: { sender_name: customer.name },
    });
    expect(ofCrew.find((message) => message.id === mention.id)).toMatchObject({ mentions: [] });
    const { messages } = ok<{ messages: WireMessage[] }>(await customer.rest.get(roomPath(crew, '/pins')));
    expect(messages.map((message) => message.id)).toEqual([mention.id]);
    const { invitations } = ok<{ invitations: { created_by: string }[] }>(
      await owner.rest.get(roomPath(crew, '/invitations')),
    );
    expect(invitations).toEqual([
      expect.objectContaining({ created_by: expect.stringMatching(/^deleted:/) }),
    ]);
    expect(await watching!.waitFor('room_updated')).toMatchObject({ room: { status: 'active' } });
    await post(customer, direct, 'Nobody there');
  });

  it('leaves the rooms to those who remain', async () => {
    const [owner, member] = [world.person('staff'), world.person('staff')];
    const group = await openRoom(owner, { type: 'group', name: 'Crew', participant_ids: [wire(member)] });
    ok(await world.host().rest.delete(`${DIRECTORY}/users/${owner.id}`));
    await post(member, group.room_id, 'still here');
    expect(ok<{ room: unknown }>(await member.rest.get(roomPath(group.room_id))).room).toMatchObject({
      participant_count: 1,
    });
  });
});
