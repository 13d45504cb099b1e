import { AttachmentsService } from '#libs/attachments';
import * as marketplace from '../dialects/marketplace/helpers.js';
import * as support from '../dialects/support/support-world.js';
import * as workspace from '../dialects/workspace/helpers.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/process.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { diskBackend, type Backend } from './support/backends.js';
import { pdf, wav } from './support/files.js';
import { careForFiles, sql } from './support/server.js';
import { form, mustUpload } from './support/uploads.js';

/** Answers whether it was taken; the same call again is a repeat. */
type Send = () => Promise<boolean>;
interface Way {
  /** Where the message will be. */
  room: string;
  send: Send;
}

const TEXT = 'with a file';

describe('a message with a file, while the database is away for a moment', () => {
  let backend: Backend;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let world: World;
  let customer: Person;
  let agent: Person;
  beforeAll(async () => {
    backend = await diskBackend();
    database = await createTestDatabase();
    const behind = await TcpProxy.before(database.url);
    proxy = behind.proxy;
    world = await World.start(
      {
        ...backend.env,
        DATABASE_URL: behind.url,
        DATABASE_CONNECT_TIMEOUT_MS: '2000',
        DATABASE_QUERY_TIMEOUT_MS: '2000',
        DATABASE_RECONNECT_MS: '50',
        CHAT_UPLOAD_LIMIT: '1000',
        ROLE: 'api',
      },
      ONE_NODE,
    );
  });
  afterAll(async () => {
    await world?.stop();
    await proxy?.close();
    await database?.drop();
    await backend?.stop();
  });
  beforeEach(() => {
    customer = world.person('customer');
    agent = world.person('agent');
  });
  afterEach(() => world.disconnectAll());

  const taken = async (answer: Promise<{ status: number }>): Promise<boolean> => (await answer).status < 300;
  const heard = async (answer: Promise<{ success: boolean }>): Promise<boolean> => (await answer).success;
  const file = async (room: string): Promise<string> =>
    (await mustUpload(world, customer, room, pdf())).file_id;
  const group = () => workspace.groupOf(agent, customer);
  const conversation = async () => {
    const provider = world.person('provider');
    return (await marketplace.start(provider, { provider, customer })).id;
  };

  const ways: Record<string, () => Promise<Way>> = {
    'service by REST': async () => {
      const room = await world.serviceRoom([customer]);
      const body = { message: TEXT, client_id: 'c', attachments: [{ file_id: await file(room) }] };
      return { room, send: () => taken(customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, body)) };
    },
    'service by socket': async () => {
      const room = await world.serviceRoom([customer]);
      const [socket] = await world.joined(room, customer);
      const body = {
        room_id: room,
        message: TEXT,
        client_id: 'c',
        attachments: [{ file_id: await file(room) }],
      };
      return { room, send: () => heard(socket!.ask('send_message', body)) };
    },
    'support by REST': async () => {
      const room = await support.taken(customer, agent);
      const body = { content: TEXT, temp_id: 'c', attachment_ids: [await file(room)] };
      return { room, send: () => taken(customer.rest.post(`${support.SESSIONS}/${room}/messages`, body)) };
    },
    'support by socket': async () => {
      const room = await support.taken(customer, agent);
      const [socket] = await support.joined(world, room, customer);
      const body = { session_id: room, content: TEXT, temp_id: 'c', attachment_ids: [await file(room)] };
      return { room, send: () => heard(socket!.ask('send_message', body)) };
    },
    'support by form': async () => {
      const room = await support.taken(customer, agent);
      const send = () =>
        fetch(`${world.url}${support.SESSIONS}/${room}/messages`, {
          method: 'POST',
          headers: { authorization: `Bearer ${customer.token}` },
          body: form({ attachments: pdf() }, { content: TEXT, temp_id: 'c' }),
        });
      return { room, send: () => taken(send()) };
    },
    'workspace by REST': async () => {
      const room = await group();
      const body = { content: TEXT, clientId: 'c', attachments: { files: [{ file_id: await file(room) }] } };
      return { room, send: () => taken(customer.rest.post(workspace.roomPath(room, '/messages'), body)) };
    },
    'workspace by socket': async () => {
      const room = await group();
      const [socket] = await workspace.joined(world, room, customer);
      const files = [{ file_id: await file(room) }];
      const body = { roomId: room, content: TEXT, clientId: 'c', attachments: { files } };
      return { room, send: () => heard(socket!.ask('send_message', body)) };
    },
    'marketplace by REST': async () => {
      const room = await conversation();
      const body = { content: TEXT, clientId: 'c', attachments: [{ file_id: await file(room) }] };
      return { room, send: () => taken(customer.rest.post(marketplace.path(room, '/messages'), body)) };
    },
    'marketplace by socket': async () => {
      const room = await conversation();
      const socket = await marketplace.joined(world, room, customer);
      const attachments = [{ file_id: await file(room) }];
      const body = { conversationId: room, content: TEXT, clientId: 'c', attachments };
      return { room, send: () => heard(socket.ask('chat-send-message', body)) };
    },
  };

  /** What the server says to the database when a message with a file is stored, in this order. */
  const cuts: Record<string, () => void> = {
    'before the files are claimed': () => proxy.cutBefore('FOR NO KEY UPDATE'),
    'while they are claimed': () => proxy.cutBefore('SET message_id = $2'),
    'when that is committed': () => proxy.cutBefore('COMMIT'),
    'when that was committed': () => proxy.cutAnswersTo('COMMIT'),
    'before the message is stored': () => proxy.cutBefore('insert-one'),
    'when it was stored': () => proxy.cutAnswersTo('insert-one'),
  };
  const ALL_WAYS = Object.keys(ways).flatMap((way) =>
    ['when that was committed', 'before the message is stored', 'when it was stored'].map(
      (cut) => [way, cut] as const,
    ),
  );
  const ALL_CUTS = Object.keys(cuts).map((cut) => ['service by REST', cut] as const);

  const databaseIsBack = async (): Promise<void> => {
    await proxy.resume();
    await eventually(
      'the server is ready',
      async () => (await world.anonymous().get('/health/ready')).status === 200,
    );
  };

  it.each([...new Map([...ALL_CUTS, ...ALL_WAYS].map((entry) => [entry.join(), entry])).values()])(
    '%s, cut %s: its repeat stores it once, with its file',
    async (way, cut) => {
      const { room, send } = await ways[way]!();
      const sockets = await world.joined(room, customer);
      cuts[cut]!();
      const first = send().catch(() => false);
      await proxy.cutHappened();
      await proxy.refuse();
      await first;
      await databaseIsBack();
      await eventually('a repeat is taken', send);
      expect(await send()).toBe(true);
      const { body } = await customer.rest.get<{ messages: Stored[] }>(`/api/v1/chat/rooms/${room}/messages`);
      const stored = body.data.messages.filter(({ message }) => message === TEXT);
      expect(stored.map(({ attachments }) => attachments.length)).toEqual([1]);
      // Whoever listens hears of it once, with its file.
      const told = await sockets[0]!.waitFor<Stored>('new_message', ({ message }) => message === TEXT);
      expect(told.attachments).toHaveLength(1);
      await sockets[0]!.ask('send_message', { room_id: room, message: 'the last' });
      await sockets[0]!.waitFor<Stored>('new_message', ({ message }) => message === 'the last');
      expect(sockets[0]!.of<Stored>('new_message').filter(({ message }) => message === TEXT)).toHaveLength(1);
    },
  );

  it('whose sender sends the file otherwise instead: it can be sent after a while', async () => {
    const room = await world.serviceRoom([customer]);
    const file_id = await file(room);
    const send = (client_id: string | undefined, message = TEXT) =>
      customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
        message,
        client_id,
        attachments: [{ file_id }],
      });
    await leaveClaimed(() => send('c'));
    const early = await send(undefined, 'other words');
    expect([early.status, early.body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    await claimedLongAgo('2 minutes');
    expect((await send(undefined, 'other words')).status).toBe(201);
    expect((await send('c')).status).toBe(400);
  });

  it('whose sender never comes back: the file is free again, and goes when no message names it', async () => {
    const room = await world.serviceRoom([customer]);
    const file_id = await file(room);
    await leaveClaimed(() =>
      customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
        message: TEXT,
        attachments: [{ file_id }],
      }),
    );
    await claimedLongAgo('2 hours');
    await careForFiles(world);
    const id = file_id.slice('file_'.length);
    expect(await sql(world, 'SELECT message_id FROM attachments WHERE id = $1', [id])).toEqual([
      { message_id: null },
    ]);
    await sql(world, `UPDATE attachments SET created_at = now() - interval '2 days' WHERE id = $1`, [id]);
    await careForFiles(world);
    expect(await sql(world, 'SELECT 1 FROM attachments WHERE id = $1', [id])).toEqual([]);
  });

  it('of which nobody knows whether it is stored: its file is not thrown away', async () => {
    const room = await world.serviceRoom([customer]);
    const { file_id } = await mustUpload(world, customer, room, pdf());
    const attachments = world.server.app.get(AttachmentsService);
    const actor = { id: customer.id, role: 'customer' } as never;
    const uploaded = await attachments.get(actor, file_id);
    await leaveClaimed(() =>
      customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, {
        message: TEXT,
        attachments: [{ file_id }],
      }),
    );
    await attachments.discard([uploaded]);
    const id = file_id.slice('file_'.length);
    expect(await sql(world, 'SELECT deleted_at FROM attachments WHERE id = $1', [id])).toEqual([
      { deleted_at: null },
    ]);
  });

  it('a voice note whose answer is lost keeps its recording', async () => {
    const session = await support.taken(customer, agent);
    proxy.cutAnswersTo('insert-one');
    const sent = fetch(`${world.url}/api/chat/voice-notes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${customer.token}` },
      body: form({ voice_note: wav() }, { session_id: session }),
    });
    await proxy.cutHappened();
    await proxy.refuse();
    await sent;
    await databaseIsBack();
    await careForFiles(world);
    const { body } = await customer.rest.get<{ messages: Stored[] }>(
      `/api/v1/chat/rooms/${session}/messages`,
    );
    expect(body.data.messages.map(({ attachments }) => attachments.length)).toEqual([1]);
  });

  it('a forwarded message whose answer is lost keeps the copies of its files', async () => {
    const from = await world.serviceRoom([customer]);
    const to = await world.serviceRoom([customer]);
    const original = await customer.rest.post<{ id: string }>(`/api/v1/chat/rooms/${from}/messages`, {
      message: TEXT,
      attachments: [{ file_id: await file(from) }],
    });
    const forward = () =>
      customer.rest.post(`/api/v1/chat/messages/${original.body.data.id}/forward`, {
        room_ids: [to],
        client_id: 'f',
      });
    proxy.cutAnswersTo('insert-one');
    const first = forward();
    await proxy.cutHappened();
    await proxy.refuse();
    await first;
    await databaseIsBack();
    await eventually('a repeat is taken', () => taken(forward()));
    await careForFiles(world);
    const { body } = await customer.rest.get<{ messages: Stored[] }>(`/api/v1/chat/rooms/${to}/messages`);
    expect(body.data.messages.map(({ attachments }) => attachments.length)).toEqual([1]);
  });

  /** The claim is committed, the message is not stored, and nobody could free the file. */
  async function leaveClaimed(send: () => Promise<unknown>): Promise<void> {
    proxy.cutBefore('insert-one');
    const sent = send();
    await proxy.cutHappened();
    await proxy.refuse();
    await sent;
    await databaseIsBack();
  }

  const claimedLongAgo = (age: string) =>
    sql(
      world,
      `UPDATE attachments SET created_at = created_at - interval '${age}', claimed_at = claimed_at - interval '${age}'
       WHERE message_id IS NOT NULL`,
    );
});

interface Stored {
  message: string;
  attachments: unknown[];
}
