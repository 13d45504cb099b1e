import { randomUUID } from 'node:crypto';
import { World, type Person } from '../../support/world.js';
import { openSession, people, say, type BookingMessage } from './support.js';

interface Page {
  messages: BookingMessage[];
  has_more: boolean;
}

const PATH = '/api/chat/messages';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f-]{36}$/;

const HEADERS: Record<string, string>[] = [{}, { authorization: 'Bearer not.a.token' }];

describe('booking: messages by REST', () => {
  let world: World;
  let client: Person;
  let reader: Person;
  let session: string;
  beforeAll(async () => {
    world = await World.start();
    ({ client, reader } = people(world));
  });
  beforeEach(async () => (session = await openSession(world, client, reader)));
  afterAll(() => world.stop());

  const page = async (query = '', person = client): Promise<Page> =>
    (await person.rest.get<Page>(`${PATH}?session_id=${session}${query}`)).body.data;
  const texts = ({ messages }: Page): string[] => messages.map(({ content }) => content);

  describe('POST /api/chat/messages', () => {
    it('stores a text and answers with every field of the document', async () => {
      const { status, body } = await client.rest.post(PATH, {
        session_id: session,
        content: 'Thank you for the reading, it was very insightful!',
        type: 'text',
        metadata: { mood: 'happy' },
      });
      expect(status).toBe(201);
      const createdAt = body.data.created_at;
      expect(body).toEqual({
        success: true,
        message: 'Message sent successfully',
        data: {
          id: expect.stringMatching(UUID),
          session_id: session,
          sender_id: client.id,
          content: 'Thank you for the reading, it was very insightful!',
          type: 'text',
          file_url: null,
          file_name: null,
          file_size: null,
          files: [],
          metadata: { mood: 'happy' },
          is_read: false,
          created_at: expect.stringMatching(ISO),
          timestamp: createdAt,
          profiles: {
            first_name: 'Sarah',
            last_name: 'Johnson',
            avatar_url: 'https://cdn.example.com/sarah.jpg',
          },
          sender: { id: client.id, name: 'Sarah Johnson', avatar: 'https://cdn.example.com/sarah.jpg' },
          message_reactions: [],
          client_id: null,
        },
      });
    });

    it('takes type "system" from staff and admins only', async () => {
      const body = { session_id: session, content: 'The reading begins.', type: 'system' };
      const refused = await client.rest.post(PATH, body);
      expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
      for (const person of [reader, world.person('admin')]) {
        const answer = await person.rest.post<BookingMessage>(PATH, body);
        expect([answer.status, answer.body.data.type]).toEqual([201, 'system']);
      }
    });

    it('refuses what is not valid', async () => {
      const bad: [Record<string, unknown>, string][] = [
        [{ content: 'x' }, 'session_id: '],
        [{ session_id: session }, 'content: '],
        [{ session_id: session, content: ' \n ' }, 'content: must not be empty'],
        [{ session_id: session, content: 5 }, 'content: must be text'],
        [{ session_id: session, content: 'a\u0000b' }, 'content: must not contain NUL'],
        [{ session_id: session, content: 'x', type: 'voice' }, 'type: must be text or system'],
        [{ session_id: session, content: 'x', metadata: 'y' }, 'metadata: '],
      ];
      for (const [body, start] of bad) {
        const answer = await client.rest.post(PATH, body);
        expect([body, answer.status, answer.body]).toEqual([
          body,
          400,
          {
            success: false,
            error: expect.any(String),
            code: 'VALIDATION_ERROR',
            details: [expect.stringContaining(start)],
          },
        ]);
      }
      const long = await client.rest.post(PATH, { session_id: session, content: 'x'.repeat(2_001) });
      expect([long.status, long.body.code]).toEqual([400, 'MESSAGE_TOO_LONG']);
      expect(long.body.details).toEqual(['max_length: 2000, current_length: 2001']);
      expect((await page()).messages).toEqual([]);
    });

    it('answers malformed JSON and other content types in the same form', async () => {
      const broken = await client.rest.call('POST', PATH, '{"session_id":');
      expect([broken.status, broken.body]).toEqual([
        400,
        {
          success: false,
          error: expect.any(String),
          code: 'VALIDATION_ERROR',
          details: [expect.any(String)],
        },
      ]);
      const xml = await client.rest.call('POST', PATH, '<x/>', { 'content-type': 'application/xml' });
      expect([xml.status, xml.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    });

    it('answers a repeat of (client_id, content) with the stored message', async () => {
      const body = { session_id: session, content: 'once', client_id: 'c-1' };
      const [first, second] = [
        await client.rest.post<BookingMessage>(PATH, body),
        await client.rest.post<BookingMessage>(PATH, body),
      ];
      expect(second.body.data.id).toBe(first.body.data.id);
      expect((await page()).messages).toHaveLength(1);
    });
  });

  describe('GET /api/chat/messages', () => {
    it('pages by 50 and by limit: page 1 is the newest slice, inside a page the oldest comes first', async () => {
      for (let n = 1; n <= 51; n += 1) await say(n % 2 ? client : reader, session, `m${n}`);
      const first = await page();
      expect(first.messages).toHaveLength(50);
      expect([texts(first).at(0), texts(first).at(-1), first.has_more]).toEqual(['m2', 'm51', true]);
      const second = await page('&page=2');
      expect([texts(second), second.has_more]).toEqual([['m1'], false]);
      expect(texts(await page('&page=2&limit=10')).at(-1)).toBe('m41');
    });

    it('continues before_message_id, for endless scrolling', async () => {
      const sent: BookingMessage[] = [];
      for (let n = 1; n <= 7; n += 1) sent.push(await say(client, session, `m${n}`));
      const before = (index: number, rest = '') => page(`&before_message_id=${sent[index]!.id}${rest}`);
      const middle = await before(5, '&limit=3');
      expect([texts(middle), middle.has_more]).toEqual([['m3', 'm4', 'm5'], true]);
      const last = await before(2, '&limit=3');
      expect([texts(last), last.has_more]).toEqual([['m1', 'm2'], false]);
      expect(await before(0)).toEqual({ messages: [], has_more: false });
      const elsewhere = await say(client, await openSession(world, client, reader), 'elsewhere');
      for (const id of [elsewhere.id, randomUUID(), 'nonsense']) {
        const answer = await client.rest.get(`${PATH}?session_id=${session}&before_message_id=${id}`);
        expect([id, answer.status, answer.body.code]).toEqual([id, 404, 'MESSAGE_NOT_FOUND']);
      }
    });

    it('needs session_id, and limit up to 100', async () => {
      for (const query of ['', `?session_id=${session}&limit=101`, `?session_id=${session}&page=-1`]) {
        const answer = await client.rest.get(PATH + query);
        expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'VALIDATION_ERROR']);
      }
    });

    it('embeds message_reactions with the first names of those who reacted', async () => {
      const { id } = await say(client, session, 'nice');
      const socket = await world.socket(reader, { namespace: '/' });
      await socket.must('message_reaction', { message_id: id, reaction: '❤️', session_id: session });
      const [message] = (await page()).messages;
      expect(message?.message_reactions).toEqual([
        { user_id: reader.id, reaction: '❤️', profiles: { first_name: 'Samia' } },
      ]);
    });

    it('is for participants, and for admins', async () => {
      const stranger = await world.person('client').rest.get(`${PATH}?session_id=${session}`);
      expect([stranger.status, stranger.body.code]).toEqual([403, 'CHAT_ACCESS_DENIED']);
      const unknown = await client.rest.get(`${PATH}?session_id=${randomUUID()}`);
      expect([unknown.status, unknown.body.code]).toEqual([404, 'SESSION_NOT_FOUND']);
      expect((await page('', world.person('admin'))).messages).toEqual([]);
      const posted = await world
        .person('client')
        .rest.post(PATH, { session_id: session, content: 'let me in' });
      expect([posted.status, posted.body.code]).toEqual([403, 'CHAT_ACCESS_DENIED']);
    });
  });

  describe('PUT /api/chat/messages/:id/read', () => {
    const read = (person: Person, id: string) => person.rest.put(`${PATH}/${id}/read`);
    const readFlags = async (person: Person): Promise<boolean[]> =>
      (await page('', person)).messages.map((message) => message.is_read);

    it('marks exactly this message, for the one who read it and its sender', async () => {
      await say(client, session, 'one');
      const second = await say(client, session, 'two');
      const { status, body } = await read(reader, second.id);
      expect(status).toBe(200);
      expect(body).toEqual({ success: true, data: null, message: 'Message marked as read' });
      expect(await readFlags(client)).toEqual([false, true]);
      expect(await readFlags(reader)).toEqual([false, true]);
      const list = await reader.rest.get<{ sessions: { id: string; unread_count: number }[] }>(
        '/api/chat/sessions',
      );
      expect(list.body.data.sessions.find(({ id }) => id === session)?.unread_count).toBe(1);
    });

    it('says of a message in a group whether the caller has read it, not whether anyone has', async () => {
      const third = world.person('reader');
      const { body } = await reader.rest.post<{ id: string }>('/api/chat/sessions', {
        participant_ids: [client.id, third.id],
      });
      session = body.data.id;
      const message = await say(reader, session, 'to both');
      await read(third, message.id);
      expect(await readFlags(client)).toEqual([false]);
      expect(await readFlags(third)).toEqual([true]);
      expect(await readFlags(reader)).toEqual([true]);
    });

    it('answers MESSAGE_NOT_FOUND for unknown ids and for messages of others', async () => {
      const message = await say(client, session, 'secret');
      for (const [person, id] of [
        [client, randomUUID()],
        [client, 'nonsense'],
        [world.person('client'), message.id],
      ] as const) {
        const answer = await read(person, id);
        expect([id, answer.status, answer.body.code]).toEqual([id, 404, 'MESSAGE_NOT_FOUND']);
      }
    });
  });

  describe('error codes', () => {
    it('AUTHENTICATION_REQUIRED: no token, a bad token', async () => {
      const calls: [string, string][] = [
        ['GET', '/api/chat/sessions'],
        ['GET', `/api/chat/sessions/${session}`],
        ['POST', '/api/chat/sessions'],
        ['GET', `${PATH}?session_id=${session}`],
        ['POST', PATH],
        ['PUT', `${PATH}/${randomUUID()}/read`],
        ['POST', '/api/chat/voice-notes'],
      ];
      for (const [method, path] of calls)
        for (const headers of HEADERS) {
          const answer = await world.anonymous().call(method, path, undefined, headers);
          expect([method, path, answer.status, answer.body]).toEqual([
            method,
            path,
            401,
            { success: false, error: expect.any(String), code: 'AUTHENTICATION_REQUIRED', details: [] },
          ]);
        }
    });

    it('FORBIDDEN: a token without the permission', async () => {
      const powerless = world.person('client', { claims: { permissions: [] } });
      const answer = await powerless.rest.get('/api/chat/sessions');
      expect([answer.status, answer.body.code, answer.body.details]).toEqual([
        403,
        'FORBIDDEN',
        ['required_permission: chats:read'],
      ]);
    });

    it('SESSION_INACTIVE: resolved and closed sessions take no messages, reopened ones do', async () => {
      for (const status of ['resolved', 'closed']) {
        await reader.rest.post(`/api/v1/chat/rooms/${session}/close`, { status });
        const answer = await client.rest.post(PATH, { session_id: session, content: 'still there?' });
        expect([answer.status, answer.body.code]).toEqual([409, 'SESSION_INACTIVE']);
        expect(answer.body.details).toEqual([`status: ${status}`]);
      }
      await reader.rest.post(`/api/v1/chat/rooms/${session}/reopen`);
      expect((await say(client, session, 'back')).content).toBe('back');
    });
  });
});

describe('booking: RATE_LIMIT_EXCEEDED', () => {
  let world: World;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());

  it('comes with the 101st message of a user within a minute, by REST and sockets together', async () => {
    const { client, reader } = people(world);
    const session = await openSession(world, client, reader);
    const socket = await world.socket(client, { namespace: '/' });
    for (let n = 0; n < 50; n += 1) await say(client, session, `rest ${n}`);
    for (let n = 0; n < 50; n += 1)
      await socket.must('send_message', { session_id: session, message: { content: `socket ${n}` } });
    const refused = await client.rest.post(PATH, { session_id: session, content: 'too many' });
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(refused.body.details).toEqual([expect.stringMatching(/^retry_after: \d+$/)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const bySocket = await socket.ask('send_message', { session_id: session, message: { content: 'more' } });
    expect(bySocket).toMatchObject({ success: false, code: 'RATE_LIMIT_EXCEEDED' });
    expect((await say(reader, session, 'mine counts apart')).content).toBe('mine counts apart');
  });
});
