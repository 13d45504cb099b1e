import { Dialect } from '#libs/platform/dialects';
import { RealtimeServer, SocketEvents } from '#libs/platform/realtime';
import type { SocketClient } from '../support/socket-client.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { SocketClient as Client } from '../support/socket-client.js';

/** An Engine.IO message as a hostile client writes it, past everything that the client library checks. */
function writeRaw(client: SocketClient, packet: string | Buffer): void {
  (client.socket.io.engine as unknown as { write(data: string | Buffer): void }).write(packet);
}

describe('events of one socket', () => {
  let world: World;
  let person: Person;
  let room: string;
  let socket: SocketClient;
  beforeAll(async () => (world = await World.start({ CHAT_MESSAGE_LIMIT: '10000' }, ONE_NODE)));
  beforeEach(async () => {
    person = world.person();
    room = await world.serviceRoom([person]);
    [socket] = (await world.joined(room, person)) as [SocketClient];
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  /** The connection is up and answers. */
  const isAlive = async (client = socket) =>
    expect((await client.ask('join_room', { room_id: room })).success).toBe(true);

  describe('take effect in the order in which they were sent', () => {
    it('also those that were sent before the connection was up', async () => {
      for (const namespace of ['/chat', '/']) {
        const other = world.person();
        const own = await world.serviceRoom([other]);
        const early = Client.open(world.url + namespace, { auth: { token: other.token } });
        early.emit('join_room', { room_id: own });
        for (let n = 1; n <= 49; n += 1) early.emit('send_message', { room_id: own, message: `${n}` });
        const seen = await early.waitForCount<{ message: string; seq: number }>('new_message', 49);
        expect(seen.map(({ message }) => Number(message))).toEqual(
          Array.from({ length: 49 }, (_, n) => n + 1),
        );
        expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 49 }, (_, n) => n + 1));
        early.close();
      }
    });

    it('mixed with events of other kinds, by their acknowledgements', async () => {
      const order: string[] = [];
      const sent: Promise<unknown>[] = [];
      for (let n = 0; n < 25; n += 1) {
        sent.push(
          socket.ask('send_message', { room_id: room, message: `${n}` }).then(() => order.push(`send ${n}`)),
        );
        const other = ['mark_read', 'get_online_users', 'nonsense', 'join_room'][n % 4] as string;
        sent.push(socket.ask(other, { room_id: room }).then(() => order.push(`${other} ${n}`)));
      }
      await Promise.all(sent);
      const numbers = order.map((entry) => Number(entry.split(' ')[1]));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(order).toHaveLength(50);
    });

    it('a failing event does not hold up those behind it', async () => {
      const answers = await Promise.all([
        socket.ask('send_message', { room_id: room }),
        socket.ask('send_message', { room_id: 'unknown', message: 'x' }),
        socket.ask('send_message', { room_id: room, message: 'third' }),
      ]);
      expect(answers.map(({ success }) => success)).toEqual([false, false, true]);
    });
  });

  describe('that are wrong', () => {
    it.each([
      'nonsense',
      '',
      '__proto__',
      'constructor',
      'toString',
      'error',
      'message',
      'x'.repeat(10_000),
      'a\u0000b',
    ])('the unknown event %j is acknowledged with an error and told by message_error', async (event) => {
      expect(await socket.ask(event, { room_id: room })).toMatchObject({
        success: false,
        code: 'NOT_FOUND',
        error: expect.any(String),
        details: [],
      });
      socket.forget();
      socket.emit(event);
      expect(await socket.waitFor('message_error')).toEqual({
        error_code: 'NOT_FOUND',
        message: expect.any(String),
        details: {},
        event,
      });
      await isAlive();
    });

    it.each<[string, unknown]>([
      ['nothing', undefined],
      ['null', null],
      ['text', 'hello'],
      ['a number', 7],
      ['a flag', true],
      ['a list', [{ room_id: 'x', message: 'x' }]],
      ['an empty object', {}],
      ['bytes', Buffer.from('hello')],
    ])('%s as payload is a validation error', async (_name, payload) => {
      for (const event of ['send_message', 'join_room', 'mark_read', 'typing_start'])
        expect([event, await socket.ask(event, payload)]).toEqual([
          event,
          expect.objectContaining({ success: false, code: 'VALIDATION_ERROR', details: expect.any(Array) }),
        ]);
      expect(socket.of('message_error')).toHaveLength(4);
      await isAlive();
    });

    it.each<[string, Record<string, unknown>]>([
      ['bytes as text', { message: Buffer.from('hello') }],
      ['bytes as metadata', { message: 'x', metadata: { file: new Uint8Array([1, 2]) } }],
      ['bytes as room', { room_id: Buffer.from('x'), message: 'x' }],
      ['NUL', { message: 'a\u0000b' }],
      ['a lone surrogate in an unknown field', { message: 'x', other: ['\ud800'] }],
      ['an object as text', { message: { toString: 'x' } }],
      ['a number as text', { message: 5 }],
      ['an unknown type', { message: 'x', message_type: '__proto__' }],
      ['an object as room', { room_id: { $ne: null }, message: 'x' }],
      [
        'deep metadata',
        { message: 'x', metadata: JSON.parse(`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`) as unknown },
      ],
      [
        'a __proto__ key',
        JSON.parse('{"message":"x","metadata":{"__proto__":{"a":1}}}') as Record<string, unknown>,
      ],
    ])('%s is a validation error and nothing is stored', async (_name, fields) => {
      expect(await socket.ask('send_message', { room_id: room, ...fields })).toMatchObject({
        success: false,
        code: 'VALIDATION_ERROR',
        details: [expect.objectContaining({ message: expect.any(String) })],
      });
      const { body } = await person.rest.get<{ messages: unknown[] }>(`/api/v1/chat/rooms/${room}/messages`);
      expect(body.data.messages).toEqual([]);
      await isAlive();
    });

    it.each(['nothing', '', 'service_', '__proto__', "' OR 1=1--", 'x'.repeat(5_000), 0, -1, 1e300])(
      'the room %j is refused, never an internal error',
      async (id) => {
        for (const event of [
          'join_room',
          'leave_room',
          'send_message',
          'mark_read',
          'typing_start',
          'get_online_users',
        ]) {
          const { code } = await socket.ask(event, { room_id: id, message: 'x' });
          expect(['ROOM_NOT_FOUND', 'VALIDATION_ERROR']).toContain(code);
        }
        await isAlive();
      },
    );

    it('a message that is too long tells both lengths in the shape of the document', async () => {
      socket.emit('send_message', { room_id: room, message: '😀'.repeat(2_001) });
      expect(await socket.waitFor('message_error')).toMatchObject({
        error_code: 'MESSAGE_TOO_LONG',
        details: { max_length: 2_000, current_length: 2_001 },
      });
      expect((await socket.ask('send_message', { room_id: room, message: '😀'.repeat(2_000) })).success).toBe(
        true,
      );
    });

    it('arguments besides the first are ignored', async () => {
      socket.emit(
        'send_message',
        { room_id: room, message: 'first' },
        { room_id: room, message: 'second' },
        3,
      );
      await socket.waitFor('new_message', ({ message }: { message: string }) => message === 'first');
      await isAlive();
      expect(socket.of('new_message')).toHaveLength(1);
    });
  });

  describe('on the wire', () => {
    it.each<[string, string]>([
      ['an acknowledgement that nobody asked for', '3/chat,77["x"]'],
      ['an event name that is a number', '2/chat,[7,{"a":1}]'],
      ['the event error', '2/chat,["error",{"message":"x"}]'],
      ['an event for a namespace that was not joined', '2/other,["join_room",{}]'],
      ['a second connect', '0/chat,{"token":"bad"}'],
      ['a connect to an unknown namespace', '0/nowhere,{}'],
    ])('%s is survived, and so is the connection', async (_name, packet) => {
      writeRaw(socket, packet);
      const fresh = await world.socket(person);
      await isAlive(fresh);
    });

    it.each<[string, string]>([
      ['no packet at all', 'hello'],
      ['an unknown type', '9'],
      ['malformed JSON', '2/chat,["send_message",{'],
      ['a payload that is no list', '2/chat,{"a":1}'],
      ['an empty list', '2/chat,[]'],
      ['an event name that is an object', '2/chat,[{"a":1}]'],
      ['the reserved name disconnect', '2/chat,["disconnect","x"]'],
      ['the reserved name connect', '2/chat,["connect"]'],
      ['the reserved name connect_error', '2/chat,["connect_error",{"a":1}]'],
      ['the reserved name disconnecting', '2/chat,["disconnecting","x"]'],
      ['the reserved name newListener', '2/chat,["newListener","x"]'],
      ['the reserved name removeListener', '2/chat,["removeListener","x"]'],
      ['an acknowledgement id beyond numbers', '2/chat,99999999999999999999999999["join_room",{}]'],
      ['attachments that never come', '5999999-/chat,["send_message",{"_placeholder":true,"num":0}]'],
      ['an attachment number that is no number', '51-/chat,["send_message",{"_placeholder":true,"num":"x"}]'],
      ['a list of 30,000 levels', `2/chat,["send_message",${'['.repeat(30_000)}${']'.repeat(30_000)}]`],
      ['an attachment inside 20,000 levels', `51-/chat,["x",${'['.repeat(20_000)}${']'.repeat(20_000)}]`],
      ['70 kB', `2/chat,["send_message",{"message":"${'x'.repeat(70_000)}"}]`],
    ])('%s is survived by the server', async (_name, packet) => {
      writeRaw(socket, packet);
      if (packet.startsWith('51-')) writeRaw(socket, Buffer.from('x'));
      const fresh = await world.socket(person);
      await isAlive(fresh);
      fresh.emit('send_message', { room_id: room, message: 'still here' });
      await fresh.waitFor('new_message', ({ message }: { message: string }) => message === 'still here');
    });

    it('a packet beyond 64 kB closes the connection that sent it', async () => {
      socket.emit('send_message', { room_id: room, message: 'x'.repeat(70_000) });
      await socket.waitFor('disconnect');
      const { body } = await person.rest.get<{ messages: unknown[] }>(`/api/v1/chat/rooms/${room}/messages`);
      expect(body.data.messages).toEqual([]);
    });

    it('a connection of the namespace / without a payload waits for its token', async () => {
      const response = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
      const { sid } = JSON.parse((await response.text()).slice(1)) as { sid: string };
      const session = `${world.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
      expect(await (await fetch(session, { method: 'POST', body: '40' })).text()).toBe('ok');
      expect(await (await fetch(session)).text()).toMatch(/^40\{"sid"/);
      expect((await fetch(session, { method: 'POST', body: 'x'.repeat(70_000) })).status).toBe(413);
      await isAlive();
    });
  });
});

describe('a fault of the server itself', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  it('in answering one event holds up none behind it, and does not end the process', async () => {
    const realtime = world.server.app.get(RealtimeServer);
    const dialect = realtime.dialect('service');
    const { errorEvents } = dialect;
    const socket = await world.socket(world.person());
    dialect.errorEvents = () => {
      throw new Error('a fault of a dialect');
    };
    socket.emit('join_room', { room_id: 'unknown' });
    socket.emit('authenticate', { token: world.person().token });
    const sentinel = socket.ask('nonsense');
    await expect(sentinel).rejects.toThrow();
    dialect.errorEvents = errorEvents;
    const fresh = await world.socket(world.person());
    expect((await fresh.ask('nonsense')).code).toBe('NOT_FOUND');
  });

  it('in telling dialects apart costs that event alone', async () => {
    const { app } = world.server;
    app
      .get(RealtimeServer)
      .registerDialect(
        new Dialect({ name: 'other', description: 'Of the spec', namespaces: ['/'], errorEvents: () => [] }),
      );
    app.get(SocketEvents).useClassifier((_event, payload, candidates) => {
      if ((payload as { odd?: boolean }).odd) throw new Error('a fault of the classifier');
      return candidates[0] as string;
    });
    const person = world.person();
    const socket = await world.socket(person, { namespace: '/' });
    const flood = Array.from({ length: 400 }, () => socket.ask('nonsense', { odd: true }));
    const codes = new Set((await Promise.all(flood)).map(({ code }) => code));
    expect(codes).toEqual(new Set(['NOT_FOUND', 'RATE_LIMITED']));
    expect(socket.of('disconnect')).toEqual([]);
  });
});
