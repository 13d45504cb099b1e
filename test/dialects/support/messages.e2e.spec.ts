import { World, type Person } from '../../support/world.js';
import { form, here } from '../../attachments/support/uploads.js';
import { pdf, png, text, type TestFile } from '../../attachments/support/files.js';
import { joined, SESSIONS, taken, waiting, type Message, type Session } from './support-world.js';

interface New {
  message: Message;
}
interface Body<T> {
  success: boolean;
  data: T;
  code: string;
  message?: string;
  details: Record<string, unknown>[];
}

describe('support: messages by REST', () => {
  let world: World;
  let customer: Person;
  let agent: Person;
  let id: string;
  let messages: string;
  beforeAll(async () => (world = await World.start()));
  afterAll(() => world.stop());
  beforeEach(async () => {
    customer = world.person('customer', { name: 'First Customer' });
    agent = world.person('agent', { name: 'Mike Johnson' });
    id = await taken(customer, agent);
    messages = `${SESSIONS}/${id}/messages`;
  });
  afterEach(() => world.disconnectAll());
  const list = async (query = '', person = customer): Promise<Message[]> =>
    (await person.rest.get<Message[]>(messages + query)).body.data;
  const write = async (person: Person, content: string): Promise<Message> =>
    (await person.rest.post<Message>(messages, { content })).body.data;
  const submit = async <T = Message>(
    person: Person,
    path: string,
    files: TestFile[],
    fields: Record<string, string> = {},
  ) => {
    const response = await fetch(world.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${person.token}` },
      body: form({ attachments: files }, fields),
    });
    return { status: response.status, body: (await response.json()) as Body<T> };
  };

  describe('GET /api/v1/chat/sessions/:sessionId/messages', () => {
    it('answers the fields of the document', async () => {
      const sent = await write(customer, 'Hello');
      await agent.rest.post(`${SESSIONS}/${id}/read`);
      const [message] = await list('?limit=50&offset=0');
      expect(message).toMatchObject({
        id: sent.id,
        content: 'Hello',
        sender_role: 'customer',
        created_at: sent.created_at,
        attachments: [],
        read_by: [{ user_id: agent.id, read_at: expect.any(String) }],
      });
    });

    it('offset 0 is the newest slice, inside it the oldest comes first, and any offset goes', async () => {
      for (let index = 1; index <= 7; index += 1) await write(customer, String(index));
      const contents = async (query: string) => (await list(query)).map(({ content }) => content).join('');
      expect(await contents('')).toBe('1234567');
      expect(await contents('?limit=3')).toBe('567');
      expect(await contents('?limit=3&offset=2')).toBe('345');
      expect(await contents('?limit=3&offset=5')).toBe('12');
      expect(await contents('?limit=3&offset=7')).toBe('');
    });

    it('limit over 100, negative offsets and text are validation errors', async () => {
      for (const query of ['?limit=101', '?limit=0', '?offset=-1', '?limit=many']) {
        const answer = await customer.rest.get(messages + query);
        expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'VALIDATION_ERROR']);
        expect(answer.body.details[0]).toMatchObject({ field: query.slice(1).split('=')[0] });
      }
    });

    it('shows who wrote as customer, agent, admin or system', async () => {
      const admin = world.person('admin');
      await write(customer, 'a');
      await write(agent, 'b');
      await admin.rest.post(messages, { content: 'c' });
      await world.host().rest.post(`/api/v1/chat/rooms/${id}/messages`, {
        message: 'd',
        message_type: 'system',
      });
      expect((await list()).map(({ sender_role, sender_id }) => [sender_role, sender_id])).toEqual([
        ['customer', customer.id],
        ['agent', agent.id],
        ['admin', admin.id],
        ['system', null],
      ]);
    });
  });

  describe('messages of types that the document does not have', () => {
    const canonical = (body: Record<string, unknown>, from = customer) =>
      from.rest.post(`/api/v1/chat/rooms/${id}/messages`, body);

    it('a location is text that names its coordinates, its type in metadata', async () => {
      const [socket] = await joined(world, id, agent);
      await canonical({
        message: 'At the gate',
        message_type: 'location',
        metadata: { latitude: 52.5, longitude: 13.4 },
      });
      const expected = {
        message_type: 'text',
        content: 'At the gate (52.5, 13.4)',
        metadata: { latitude: 52.5, longitude: 13.4, message_type: 'location' },
      };
      expect(await list()).toMatchObject([expected]);
      expect((await socket!.waitFor<New>('new_message')).message).toMatchObject(expected);
    });

    it('a status update is a system message', async () => {
      await canonical({ message: 'On its way', message_type: 'status_update' }, world.host());
      expect(await list()).toMatchObject([
        { message_type: 'system', content: 'On its way', metadata: { message_type: 'status_update' } },
      ]);
    });

    it('a deleted message is a tombstone without content', async () => {
      const { id: messageId } = await write(customer, 'a secret');
      await customer.rest.delete(`/api/v1/chat/messages/${messageId}`);
      expect(await list()).toMatchObject([{ id: messageId, content: '', is_deleted: true, metadata: {} }]);
    });
  });

  describe('POST /api/v1/chat/sessions/:sessionId/messages', () => {
    it('sends text, and a system message only by the staff', async () => {
      expect(
        (await customer.rest.post<Message>(messages, { content: 'Hello', temp_id: 't1' })).body.data,
      ).toMatchObject({ content: 'Hello', message_type: 'text', temp_id: 't1', session_id: id });
      const system = { content: 'Ticket 7 was opened', message_type: 'system' };
      expect((await customer.rest.post(messages, system)).body).toMatchObject({ code: 'FORBIDDEN' });
      expect((await agent.rest.post<Message>(messages, system)).body.data).toMatchObject({
        message_type: 'system',
      });
    });

    it('a form with files: content, message_type image, attachments', async () => {
      const [socket] = await joined(world, id, agent);
      const { status, body } = await submit(customer, messages, [await png(), await png(32, 32)], {
        content: 'Check this screenshot',
        message_type: 'image',
        temp_id: 'temp-3',
      });
      expect(status).toBe(201);
      expect(body.data).toMatchObject({
        content: 'Check this screenshot',
        message_type: 'image',
        temp_id: 'temp-3',
      });
      expect(body.data.attachments).toHaveLength(2);
      expect(body.data.attachments[0]).toMatchObject({
        file_id: expect.stringMatching(/^file_/),
        file_name: expect.stringMatching(/\.png$/),
        file_url: expect.stringMatching(/^\/uploads\/chat-attachments\//),
        file_size: expect.any(Number),
        file_type: 'image/png',
      });
      const { message } = await socket!.waitFor<New>('new_message');
      expect(message.attachments.map((file) => file.file_id)).toEqual(
        body.data.attachments.map((file) => file.file_id),
      );
      const file = await fetch(here(world, String(message.attachments[0]!.file_url)));
      expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
    });

    it('a form needs no text, and takes its type from its files', async () => {
      expect((await submit(customer, messages, [await png()])).body.data).toMatchObject({
        content: '',
        message_type: 'image',
      });
      expect((await submit(customer, messages, [await png(), pdf()])).body.data.message_type).toBe('file');
      expect((await submit(customer, messages, [], { content: 'only text' })).body.data).toMatchObject({
        message_type: 'text',
        attachments: [],
      });
    });

    it('a form that comes again with its temp_id is one message; with another file it is another', async () => {
      const fields = { content: 'The receipt', temp_id: 'temp-9' };
      const first = await submit(customer, messages, [text('Order 42')], fields);
      const again = await submit(customer, messages, [text('Order 42')], fields);
      expect(again.body.data.id).toBe(first.body.data.id);
      expect(again.body.data.attachments).toMatchObject([
        { file_id: first.body.data.attachments[0]!.file_id },
      ]);
      const other = await submit(customer, messages, [text('Order 43')], fields);
      expect(other.body.data.id).not.toBe(first.body.data.id);
      expect(await list()).toHaveLength(2);
    });

    it('429 RATE_LIMITED with Retry-After beyond the messages of a minute, of a form too', async () => {
      const limited = await World.start({ CHAT_MESSAGE_LIMIT: '1' });
      try {
        const someone = limited.person();
        const path = `${SESSIONS}/${await taken(someone, limited.person('agent'))}/messages`;
        expect((await someone.rest.post(path, { content: 'one' })).status).toBe(201);
        const refused = await someone.rest.post(path, { content: 'two' });
        expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
        const wait = Number(refused.headers.get('retry-after'));
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(60);
        expect(refused.body.details).toEqual([{ retry_after: wait }]);
        const formed = await fetch(limited.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${someone.token}` },
          body: form({ attachments: text('note') }, { content: 'two' }),
        });
        expect([formed.status, Number(formed.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
        expect(Number(formed.headers.get('retry-after'))).toBeGreaterThan(0);
        expect((await someone.rest.get<Message[]>(path)).body.data.map(({ content }) => content)).toEqual([
          'one',
        ]);
      } finally {
        await limited.stop();
      }
    });

    it('TOO_MANY_FILES, UNSUPPORTED_FILE_TYPE and an empty form: nothing is stored', async () => {
      const six = Array.from({ length: 6 }, () => text('note'));
      const tooMany = await submit(customer, messages, six, { content: 'x' });
      expect([tooMany.status, tooMany.body.code]).toEqual([400, 'TOO_MANY_FILES']);
      const html = text('<!doctype html><script>1</script>', 'page.txt');
      const refused = await submit(customer, messages, [html], { content: 'x' });
      expect([refused.status, refused.body.code]).toEqual([415, 'UNSUPPORTED_FILE_TYPE']);
      const empty = await submit(customer, messages, []);
      expect(empty.body).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'content' }] });
      expect(await list()).toEqual([]);
    });

    it('FILE_TOO_LARGE for a file of more than 10 MB: nothing is stored, a file of 10 MB is', async () => {
      const most = 10 * 1_024 * 1_024;
      const refused = await submit(customer, messages, [text('note'), pdf(most + 1)], { content: 'x' });
      expect([refused.status, refused.body.code]).toEqual([413, 'FILE_TOO_LARGE']);
      expect(await list()).toEqual([]);
      const taken = await submit(customer, messages, [pdf(most)], { content: 'x' });
      expect([taken.status, taken.body.data.attachments[0]?.file_size]).toEqual([201, most]);
    });

    it('a form is refused to strangers and in a closed session', async () => {
      const stranger = await submit(world.person(), messages, [await png()]);
      expect([stranger.status, stranger.body.code]).toEqual([403, 'FORBIDDEN']);
      await agent.rest.patch(`${SESSIONS}/${id}/status`, { status: 'closed' });
      const closed = await submit(customer, messages, [await png()]);
      expect([closed.status, closed.body.code]).toEqual([409, 'SESSION_INACTIVE']);
    });
  });

  describe('POST /api/v1/chat/upload', () => {
    interface Uploaded {
      file_id: string;
      file_name: string;
      file_url: string;
      file_size: number;
      file_type: string;
    }
    const upload = async (person: Person, ...files: TestFile[]) =>
      (await submit<Uploaded[]>(person, '/api/v1/chat/upload', files)).body.data;

    it('answers an array; attachment_ids of a message name the files, by REST and by socket', async () => {
      const files = await upload(customer, pdf(), text('a note'));
      expect(files[0]).toMatchObject({
        file_id: expect.any(String),
        file_name: expect.stringMatching(/\.pdf$/),
        file_url: expect.stringMatching(/^\/uploads\/chat-attachments\//),
        file_size: expect.any(Number),
        file_type: 'application/pdf',
      });
      const byRest = await customer.rest.post<Message>(messages, {
        content: 'By REST',
        message_type: 'file',
        attachment_ids: [files[0]!.file_id],
      });
      expect(byRest.body.data.attachments).toMatchObject([{ file_id: files[0]!.file_id }]);
      const [mine, theirs] = await joined(world, id, customer, agent);
      await mine!.must('send_message', {
        session_id: id,
        content: '',
        message_type: 'file',
        attachment_ids: [files[1]!.file_id],
      });
      const { message } = await theirs!.waitFor<New>('new_message');
      expect(message.attachments).toMatchObject([{ file_id: files[1]!.file_id, file_type: 'text/plain' }]);
    });

    it('a form names them in its field attachment_ids, beside its own files', async () => {
      const [first, second, third] = await upload(customer, pdf(), text('a note'), await png());
      const ids = (body: Body<Message>) => body.data.attachments.map((file) => file.file_id);
      const [theirs] = await joined(world, id, agent);
      const both = await submit(customer, messages, [text('another')], {
        content: 'As agreed',
        attachment_ids: `${first!.file_id},${second!.file_id}`,
      });
      expect([both.status, both.body.data.message_type]).toEqual([201, 'file']);
      expect(ids(both.body)).toEqual([expect.stringMatching(/^file_/), first!.file_id, second!.file_id]);
      const { message } = await theirs!.waitFor<New>('new_message');
      expect(message.attachments.map((file) => file.file_id)).toEqual(ids(both.body));
      const alone = await submit(customer, messages, [], { attachment_ids: third!.file_id });
      expect(alone.status).toBe(201);
      expect(ids(alone.body)).toEqual([third!.file_id]);
    });

    it('a form is refused whole for a name in attachment_ids that is not theirs, or one too many', async () => {
      const [file] = await upload(agent, pdf());
      const refusals = [
        [[file!.file_id], 'VALIDATION_ERROR'],
        [['nothing'], 'VALIDATION_ERROR'],
        [Array.from({ length: 5 }, (_, index) => `file_${index}`), 'TOO_MANY_FILES'],
      ] as const;
      for (const [names, code] of refusals) {
        const fields = { content: 'x', attachment_ids: names.join(',') };
        const refused = await submit(customer, messages, [text('mine')], fields);
        expect([names, refused.status, refused.body.code]).toEqual([names, 400, code]);
      }
      expect(await list()).toEqual([]);
    });

    it('refuses files of others in attachment_ids', async () => {
      const [file] = await upload(agent, pdf());
      const answer = await customer.rest.post(messages, { content: 'x', attachment_ids: [file!.file_id] });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'attachment_ids' }] });
    });
  });

  describe('POST /api/v1/chat/sessions/:sessionId/read', () => {
    it('marks everything without a body, and says so', async () => {
      const [socket] = await joined(world, id, customer);
      await write(customer, 'one');
      await write(customer, 'two');
      const answer = await agent.rest.post(`${SESSIONS}/${id}/read`);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ success: true, data: null, message: 'Messages marked as read' });
      expect(await socket!.waitFor('messages_read')).toEqual({ session_id: id, user_id: agent.id });
      expect((await list()).map(({ read_by }) => read_by.length)).toEqual([1, 1]);
    });

    it('marks exactly message_ids, and none when one is unknown', async () => {
      const [one, two] = [await write(customer, 'one'), await write(customer, 'two')];
      const read = (message_ids: unknown) => agent.rest.post(`${SESSIONS}/${id}/read`, { message_ids });
      expect((await read([two.id])).status).toBe(200);
      expect((await list()).map(({ read_by }) => read_by.length)).toEqual([0, 1]);
      const elsewhere = await waiting(customer, { initial_message: 'elsewhere' });
      const other = (await customer.rest.get<Session>(`${SESSIONS}/${elsewhere}`)).body.data.last_message!.id;
      for (const ids of [
        [one.id, other],
        [one.id, 'nothing'],
      ]) {
        const answer = await read(ids);
        expect([answer.status, answer.body.code]).toEqual([404, 'MESSAGE_NOT_FOUND']);
      }
      expect((await agent.rest.get<Session>(`${SESSIONS}/${id}`)).body.data.unread_count).toBe(1);
      expect((await read(Array.from({ length: 101 }, () => one.id))).status).toBe(400);
    });
  });
});
