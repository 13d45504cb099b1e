import { randomUUID } from 'node:crypto';
import { recording, renamed, text, wav, type TestFile } from '../../attachments/support/files.js';
import { sql } from '../../attachments/support/server.js';
import { download, form } from '../../attachments/support/uploads.js';
import { World, type Person } from '../../support/world.js';
import { joinChat, openSession, people, say, type BookingMessage } from './support.js';

interface VoiceNote extends BookingMessage {
  file_url: string;
  metadata: { duration: number | null; audio_format: string };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('booking: POST /api/chat/voice-notes', () => {
  let world: World;
  let client: Person;
  let reader: Person;
  let session: string;
  beforeAll(async () => (world = await World.start({ CHAT_UPLOAD_LIMIT: '1000' })));
  beforeEach(async () => {
    // New people for each test: each has ten voice notes a minute.
    ({ client, reader } = people(world));
    session = await openSession(world, client, reader);
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  async function post(person: Person, body: FormData) {
    const response = await fetch(`${world.url}/api/chat/voice-notes`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${person.token}` },
      body,
    });
    const answer = (await response.json()) as {
      success: boolean;
      data: VoiceNote;
      message?: string;
      error?: string;
      code?: string;
      details?: string[];
    };
    return { status: response.status, headers: response.headers, body: answer };
  }
  const send = (file: TestFile, fields: Record<string, string> = {}, person = client) =>
    post(person, form({ voice_note: file }, { session_id: session, ...fields }));

  it('stores and sends the recording, with every field of the document', async () => {
    const heard = await joinChat(world, reader, session);
    const file = renamed(await recording('voice.mp3', 'audio/mpeg'), 'original_filename.mp3');
    const { status, body } = await send(file, { duration: '15' });
    expect([status, body.message]).toEqual([201, 'Voice note uploaded successfully']);
    expect(body.data).toEqual({
      id: expect.any(String),
      session_id: session,
      sender_id: client.id,
      content: 'Voice message',
      type: 'voice',
      file_url: expect.stringMatching(/^https?:\/\/|^\//),
      file_name: 'original_filename.mp3',
      file_size: file.bytes.length,
      files: [expect.objectContaining({ file_name: 'original_filename.mp3', mime_type: 'audio/mpeg' })],
      metadata: { duration: expect.closeTo(1, 0), audio_format: 'mp3' },
      is_read: false,
      created_at: expect.stringMatching(ISO),
      timestamp: body.data && expect.stringMatching(ISO),
      profiles: {
        first_name: 'Sarah',
        last_name: 'Johnson',
        avatar_url: 'https://cdn.example.com/sarah.jpg',
      },
      sender: expect.objectContaining({ id: client.id, name: 'Sarah Johnson' }),
      message_reactions: [],
      client_id: null,
    });
    expect((await download(world, body.data.file_url)).bytes.equals(file.bytes)).toBe(true);
    const message = await heard.waitFor<VoiceNote>('new_message');
    expect(message).toMatchObject({ id: body.data.id, type: 'voice', file_name: 'original_filename.mp3' });
    expect((await download(world, message.file_url)).status).toBe(200);
    const history = await reader.rest.get<{ messages: VoiceNote[] }>(
      `/api/chat/messages?session_id=${session}`,
    );
    expect(history.body.data.messages).toMatchObject([
      { id: body.data.id, type: 'voice', metadata: body.data.metadata },
    ]);
  });

  it('takes mp3, wav, ogg, webm and m4a, whatever recorders call them', async () => {
    const files: [TestFile, string][] = [
      [wav(), 'wav'],
      [await recording('voice.mp3', 'audio/mpeg'), 'mp3'],
      [await recording('voice.opus.ogg', 'audio/ogg'), 'ogg'],
      [await recording('voice.webm', 'audio/webm'), 'webm'],
      [await recording('voice.m4a', 'audio/mp4'), 'm4a'],
      // As the document's own component does it: what the browser recorded, named wav.
      [renamed(await recording('voice.webm', 'audio/wav'), 'voice_note.wav'), 'webm'],
    ];
    for (const [file, format] of files) {
      const { status, body } = await send(file);
      expect([file.name, status, body.data?.metadata.audio_format]).toEqual([file.name, 201, format]);
    }
  });

  it('tells the duration of the recording, whatever the client says', async () => {
    for (const fields of [{}, { duration: '0' }, { duration: '' }, { duration: '15' }]) {
      const { body } = await send(wav(2), fields as Record<string, string>);
      expect(body.data.metadata.duration).toBeCloseTo(2, 1);
    }
  });

  it('refuses in the form of this dialect: VALIDATION_ERROR, SESSION_NOT_FOUND, CHAT_ACCESS_DENIED', async () => {
    const refusals: [Promise<{ status: number; body: unknown }>, number, string][] = [
      [post(client, form({ voice_note: wav() })), 400, 'VALIDATION_ERROR'],
      [post(client, form({}, { session_id: session })), 400, 'VALIDATION_ERROR'],
      [post(client, form({ file: wav() }, { session_id: session })), 400, 'VALIDATION_ERROR'],
      [send(wav(), { duration: 'long' }), 400, 'VALIDATION_ERROR'],
      [send(wav(), { duration: '-1' }), 400, 'VALIDATION_ERROR'],
      [send(renamed({ ...wav(), bytes: Buffer.alloc(0) }, 'empty.wav')), 400, 'VALIDATION_ERROR'],
      [send(wav(), { session_id: randomUUID() }), 404, 'SESSION_NOT_FOUND'],
      [send(wav(), {}, world.person('client')), 403, 'CHAT_ACCESS_DENIED'],
    ];
    for (const [call, status, code] of refusals) {
      const answer = await call;
      expect(answer).toMatchObject({ status, body: { success: false, code } });
      for (const detail of (answer.body as { details: unknown[] }).details)
        expect(typeof detail).toBe('string');
    }
    const json = await client.rest.post('/api/chat/voice-notes', { session_id: session });
    expect([json.status, json.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    const { data } = (
      await client.rest.get<{ messages: unknown[] }>(`/api/chat/messages?session_id=${session}`)
    ).body;
    expect(data.messages).toEqual([]);
  });

  it('UNSUPPORTED_FILE_TYPE and FILE_TOO_LARGE', async () => {
    const wrong = await send(renamed(text('no sound at all'), 'voice_note.wav', 'audio/wav'));
    expect([wrong.status, wrong.body.code]).toEqual([415, 'UNSUPPORTED_FILE_TYPE']);
    expect(wrong.body.details).toEqual(['allowed_types: mp3, wav, ogg, webm, m4a']);
    const film = await send(await recording('film.webm', 'video/webm'));
    expect([film.status, film.body.code]).toEqual([415, 'UNSUPPORTED_FILE_TYPE']);
    const big = await send({ ...wav(), bytes: Buffer.alloc(10 * 1_048_576 + 1, wav().bytes) });
    expect([big.status, big.body.code]).toEqual([413, 'FILE_TOO_LARGE']);
  });

  it('SESSION_INACTIVE', async () => {
    await reader.rest.post(`/api/v1/chat/rooms/${session}/close`, { status: 'closed' });
    const answer = await send(wav());
    expect([answer.status, answer.body.code]).toEqual([409, 'SESSION_INACTIVE']);
  });

  it('RATE_LIMIT_EXCEEDED: ten voice notes a minute and user', async () => {
    for (let n = 0; n < 10; n += 1) expect((await send(wav())).status).toBe(201);
    const refused = await send(wav());
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await say(client, session, 'texts go on')).type).toBe('text');
    expect((await send(wav(), {}, reader)).status).toBe(201);
  });

  it('is no second message when the stored one is sent by socket, too', async () => {
    const socket = await joinChat(world, client, session);
    const { body } = await send(wav());
    const sent = await socket.must<{ message_id: string }>('send_message', {
      session_id: session,
      message: body.data,
    });
    expect(sent.message_id).toBe(body.data.id);
    await say(reader, session, 'listening');
    await socket.waitFor('new_message', ({ content }: { content: string }) => content === 'listening');
    expect(socket.of('new_message')).toHaveLength(2);
  });
});

describe('booking: a voice note whose message cannot be sent', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({ CHAT_MESSAGE_LIMIT: '1' })));
  afterAll(() => world.stop());

  it('leaves no file behind', async () => {
    const { client, reader } = people(world);
    const session = await openSession(world, client, reader);
    await say(client, session, 'the only message of this minute');
    const response = await fetch(`${world.url}/api/chat/voice-notes`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${client.token}` },
      body: form({ voice_note: wav() }, { session_id: session }),
    });
    expect([response.status, await response.json()]).toMatchObject([429, { code: 'RATE_LIMIT_EXCEEDED' }]);
    expect(await sql(world, 'SELECT id FROM attachments WHERE deleted_at IS NULL')).toEqual([]);
  });
});
