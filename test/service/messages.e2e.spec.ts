import { World, type Person } from '../support/world.js';
import {
  heard,
  history,
  messagesPath,
  ok,
  openRoom,
  post,
  refusal,
  roomPath,
  sentinel,
  wire,
  type WireMessage,
} from './helpers.js';

const EMOJI = '😀';

describe('messages', () => {
  let world: World;
  let customer: Person;
  let staff: Person;
  let room: string;
  beforeAll(async () => (world = await World.start({ CHAT_MESSAGE_LIMIT: '10000' })));
  beforeEach(async () => {
    customer = world.person('customer', {
      name: 'John Doe',
      claims: { avatar: 'https://cdn.example.com/123.jpg' },
    });
    staff = world.person('staff', { name: 'Mike Johnson' });
    room = await world.serviceRoom([customer, staff]);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const refused = async (person: Person, body: Record<string, unknown>) => {
    const answer = await person.rest.post(messagesPath(room), body);
    expect(answer.body.success).toBe(false);
    return refusal(answer);
  };
  const total = async () => (await history(customer, room)).pagination.total;

  it('look as the document shows them, on every way', async () => {
    const [sender, watching] = await world.joined(room, customer, staff);
    const metadata = { service_request_id: 789, priority: 'normal' };
    const acked = await sender!.must<WireMessage>('send_message', {
      room_id: room,
      message: "I'll be <b>there</b> & soon \n\t‮ ",
      message_type: 'text',
      metadata,
    });
    expect(acked).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      room_id: room,
      sender: {
        id: wire(customer),
        name: 'John Doe',
        type: 'customer',
        avatar: 'https://cdn.example.com/123.jpg',
      },
      message: "I'll be <b>there</b> & soon \n\t‮ ",
      message_type: 'text',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      edited_at: null,
      read_by: [],
      attachments: [],
      metadata,
    });
    expect(await watching!.waitFor('new_message')).toEqual(acked);
    expect(await sender!.waitFor('new_message')).toEqual(acked);
    expect((await history(staff, room)).messages).toEqual([acked]);
    expect(ok(await staff.rest.get(`/api/v1/chat/messages/${acked.id}`))).toEqual(acked);
    expect(Math.abs(Date.now() - Date.parse(acked.timestamp))).toBeLessThan(5_000);
  });

  it('reach each joined socket of the sender exactly once, by REST and by socket', async () => {
    const sockets = await world.joined(room, customer, customer, staff);
    sockets.push(await world.socket(customer, { namespace: '/' }));
    await sockets[3]!.must('join_room', { room_id: room });
    const bystander = await world.socket(customer);
    const bySocket = await sockets[0]!.must<WireMessage>('send_message', {
      room_id: room,
      message: 'by socket',
    });
    const byRest = await post(customer, room, 'by REST');
    await sentinel(
      world,
      [customer, bystander],
      ...sockets.map((socket, n): [Person, typeof socket] => [n === 2 ? staff : customer, socket]),
    );
    for (const socket of sockets)
      expect(heard(socket, room).map((message) => message.id)).toEqual([bySocket.id, byRest.id]);
    expect(heard(bystander, room)).toEqual([]);
  });

  describe('types', () => {
    it.each(['text', 'image', 'file'])('%s is for everyone who takes part', async (message_type) => {
      for (const person of [customer, staff])
        expect(await post(person, room, 'content', { message_type })).toMatchObject({ message_type });
    });

    it('text is what a message without a type is', async () => {
      const sent = ok<WireMessage>(await customer.rest.post(messagesPath(room), { message: 'plain' }));
      expect(sent.message_type).toBe('text');
    });

    it.each(['system', 'status_update'])('%s is for staff, admins and the host', async (message_type) => {
      for (const role of ['customer', 'client']) {
        const person = world.person(role);
        room = await world.serviceRoom([person]);
        expect(await refused(person, { message: 'Staff assigned', message_type })).toEqual([
          403,
          'FORBIDDEN',
        ]);
        const [socket] = await world.joined(room, person);
        expect(
          await socket!.ask('send_message', { room_id: room, message: 'x', message_type }),
        ).toMatchObject({ success: false, code: 'FORBIDDEN' });
        expect((await history(person, room)).messages).toEqual([]);
      }
      room = await world.serviceRoom([customer, staff]);
      expect(await post(staff, room, 'Service completed', { message_type })).toMatchObject({ message_type });
      expect(await post(world.person('admin'), room, 'Done', { message_type })).toMatchObject({
        message_type,
      });
      const [socket] = await world.joined(room, customer);
      const told = await post(world.host(), room, 'By the host', { message_type });
      expect(told).toMatchObject({ message_type, sender: { type: 'system' } });
      expect(await socket!.waitFor('new_message')).toMatchObject({ id: told.id, message_type });
    });

    it.each(['text', 'image', 'file', 'location'])('%s is not for the host', async (message_type) => {
      const answer = await world.host().rest.post(messagesPath(room), {
        message: '52.5, 13.4',
        message_type,
      });
      expect(refusal(answer)).toEqual([403, 'FORBIDDEN']);
      expect(await total()).toBe(0);
    });

    it.each(['gif', '', 'TEXT', 5, null, { a: 1 }])('%p is none', async (message_type) => {
      expect(await refused(staff, { message: 'x', message_type })).toEqual([400, 'VALIDATION_ERROR']);
    });
  });

  describe('locations', () => {
    const at = { latitude: 52.52, longitude: 13.405 };

    it.each([
      ['metadata {latitude, longitude}', { message: 'My house', metadata: at }],
      ['metadata {lat, lng}', { message: 'My house', metadata: { lat: 52.52, lng: 13.405 } }],
      ['metadata.location', { message: 'My house', metadata: { location: at } }],
      ['metadata.coordinates', { message: 'My house', metadata: { coordinates: at } }],
      ['location', { message: 'My house', location: at }],
      ['the text itself', { message: '52.52, 13.405' }],
    ])('are coordinates in %s', async (_form, body) => {
      const sent = ok<WireMessage>(
        await customer.rest.post(messagesPath(room), { message_type: 'location', ...body }),
      );
      expect(sent).toMatchObject({ message_type: 'location', message: body.message, metadata: at });
    });

    it.each([
      ['none', { message: 'Here' }],
      ['a latitude beyond the pole', { message: 'x', metadata: { latitude: 90.1, longitude: 0 } }],
      ['a longitude beyond the date line', { message: 'x', metadata: { latitude: 0, longitude: -180.1 } }],
      ['half', { message: 'x', metadata: { latitude: 1 } }],
      ['text', { message: 'x', metadata: { latitude: 'north', longitude: 'east' } }],
      ['a latitude beyond the pole as text', { message: '91, 0' }],
    ])('are refused with %s', async (_what, body) => {
      expect(await refused(customer, { message_type: 'location', ...body })).toEqual([
        400,
        'VALIDATION_ERROR',
      ]);
      expect(await total()).toBe(0);
    });
  });

  describe('bounds', () => {
    it('2,000 characters are counted as people count them', async () => {
      const [socket] = await world.joined(room, customer);
      const message = EMOJI.repeat(2_000);
      expect((await post(customer, room, message)).message).toBe(message);
      expect(await socket!.must('send_message', { room_id: room, message })).toMatchObject({ message });
    });

    it('2,001 are too long: told as object in message_error, as array elsewhere', async () => {
      const [socket] = await world.joined(room, customer);
      const message = EMOJI.repeat(2_001);
      const limits = { max_length: 2_000, current_length: 2_001 };
      const answer = await customer.rest.post(messagesPath(room), { message });
      expect(answer).toMatchObject({ status: 400, body: { code: 'MESSAGE_TOO_LONG', details: [limits] } });
      expect(await socket!.ask('send_message', { room_id: room, message })).toEqual({
        success: false,
        error: expect.any(String),
        code: 'MESSAGE_TOO_LONG',
        details: [limits],
      });
      expect(await socket!.waitFor('message_error')).toMatchObject({
        error_code: 'MESSAGE_TOO_LONG',
        message: expect.any(String),
        details: limits,
      });
      expect(await socket!.must('send_message', { room_id: room, message: 'still connected' })).toMatchObject(
        {
          seq: 1,
        },
      );
    });

    it.each([
      ['nothing', {}],
      ['an empty text', { message: '' }],
      ['blanks', { message: ' \n\t' }],
      ['a number', { message: 5 }],
      ['a list', { message: ['x'] }],
      ['null', { message: null }],
      ['NUL', { message: 'a\u0000b' }],
      ['a lone surrogate', '{"message":"\\ud800"}'],
      ['a __proto__ key', '{"message":"x","metadata":{"__proto__":{"admin":true}}}'],
      ['malformed JSON', '{"message":'],
      ['metadata that is a list', { message: 'x', metadata: [1] }],
      ['metadata of 50 kB', { message: 'x', metadata: { pad: 'x'.repeat(50_000) } }],
      ['metadata with 50 levels', `{"message":"x","metadata":${'{"a":'.repeat(50)}1${'}'.repeat(50)}}`],
    ])('%s is refused, and nothing stored', async (_what, body) => {
      const answer = await customer.rest.post(messagesPath(room), body);
      expect(refusal(answer)).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.body.details.length).toBeGreaterThan(0);
      expect(await total()).toBe(0);
    });

    it('ordinary metadata is kept as sent, unknown fields are dropped', async () => {
      const metadata = {
        service_request_id: 789,
        tags: ['a', { deep: { er: null } }],
        note: 'x'.repeat(2_000),
      };
      const sent = await post(customer, room, 'x', { metadata, admin: true, sender: { id: 1 }, seq: 99 });
      expect(sent).toMatchObject({ metadata, seq: 1, sender: { id: wire(customer) } });
      expect(sent).not.toHaveProperty('admin');
    });
  });

  describe('replies', () => {
    it('name a message of the same room', async () => {
      const question = await post(customer, room, 'When?');
      expect(question.reply_to).toBeNull();
      const answer = await post(staff, room, 'Now', { reply_to: question.id });
      expect(answer.reply_to).toBe(question.id);
      expect((await history(customer, room)).messages[1]).toMatchObject({ reply_to: question.id });
    });

    it('to what is not there are refused', async () => {
      const elsewhere = await openRoom(staff, { type: 'group', name: 'Crew' });
      const secret = await post(staff, elsewhere.room_id, 'secret');
      for (const reply_to of [
        secret.id,
        'msg_018f0000-0000-7000-8000-000000000000',
        'nonsense',
        'x'.repeat(300),
      ])
        expect(await refused(staff, { message: 'x', reply_to })).toEqual([400, 'VALIDATION_ERROR']);
      expect(await total()).toBe(0);
    });
  });

  it('of a room that ends while they are sent are stored or refused, never both', async () => {
    const [socket] = await world.joined(room, customer);
    const sending = Array.from({ length: 30 }, (_, n) =>
      socket!.ask<WireMessage>('send_message', { room_id: room, message: `m${n}` }),
    );
    ok(await staff.rest.post(roomPath(room, '/close'), { status: 'closed' }));
    const answers = await Promise.all(sending);
    const accepted = answers.filter((answer) => answer.success).map((answer) => answer.data.id);
    for (const answer of answers.filter(({ success }) => !success)) expect(answer.code).toBe('ROOM_INACTIVE');
    expect((await history(staff, room)).messages.map((message) => message.id)).toEqual(accepted);
  });
});
