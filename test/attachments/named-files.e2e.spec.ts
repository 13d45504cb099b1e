import { randomUUID } from 'node:crypto';
import * as marketplace from '../dialects/marketplace/helpers.js';
import * as workspace from '../dialects/workspace/helpers.js';
import { World, type Person } from '../support/world.js';
import { pdf } from './support/files.js';
import { careForFiles, sql } from './support/server.js';
import { download, mustUpload, type Uploaded } from './support/uploads.js';

interface ServiceMessage {
  id: string;
  attachments: { file_id: string; url: string }[];
}

/** What workspace and marketplace messages carry is free-form; uploads that it names become the message's all the same. */
describe('uploads that free-form attachments name', () => {
  let world: World;
  let sender: Person;
  let reader: Person;
  beforeAll(async () => (world = await World.start({ CHAT_UPLOAD_LIMIT: '1000' })));
  beforeEach(() => {
    reader = world.person('provider');
    sender = world.person('customer');
  });
  afterAll(() => world.stop());

  const DIALECTS: [
    string,
    () => Promise<string>,
    (by: Person, room: string, attachments: unknown) => Sent,
  ][] = [
    [
      'workspace',
      () => workspace.groupOf(reader, sender),
      (by, room, attachments) => workspace.post(by, room, { attachments, clientId: 'c-1' }),
    ],
    [
      'marketplace',
      async () => (await marketplace.start(reader, { provider: reader, customer: sender })).id,
      (by, room, attachments) => marketplace.post(by, room, { attachments, clientId: 'c-1' }),
    ],
  ];
  type Sent = Promise<{ id: string; attachments: unknown }>;

  const canonical = async (room: string): Promise<ServiceMessage | undefined> =>
    (await reader.rest.get<{ messages: ServiceMessage[] }>(`/api/v1/chat/rooms/${room}/messages`)).body.data
      .messages[0];

  it.each(DIALECTS)('of %s live as long as the message, for all of the room', async (_name, open, post) => {
    const room = await open();
    const { file_id, url } = await mustUpload(world, sender, room, pdf());
    const attachments = { files: [{ file_id, url, caption: 'My own words' }] };
    const sent = await post(sender, room, attachments);
    expect(sent.attachments).toEqual(attachments);
    expect((await post(sender, room, attachments)).id).toBe(sent.id);
    await sql(world, `UPDATE attachments SET created_at = now() - interval '2 days'`);
    await careForFiles(world);
    expect((await canonical(room))?.attachments).toMatchObject([{ file_id }]);
    const { body } = await reader.rest.get<Uploaded>(`/api/v1/chat/files/${file_id}`);
    expect((await download(world, body.data.url)).status).toBe(200);
  });

  it('of marketplace also in a list', async () => {
    const { id } = await marketplace.start(reader, { provider: reader, customer: sender });
    const { file_id } = await mustUpload(world, sender, id, pdf());
    const attachments = [{ file_id: file_id.slice('file_'.length), name: 'plan.pdf' }, 'words'];
    expect((await marketplace.post(sender, id, { attachments })).attachments).toEqual(attachments);
    expect((await canonical(id))?.attachments).toMatchObject([{ file_id }]);
  });

  it.each(DIALECTS)(
    'of %s stay data where they are not the sender’s for this room',
    async (_name, open, post) => {
      const room = await open();
      const elsewhere = await world.serviceRoom([sender]);
      const [foreign, other, own] = [
        await mustUpload(world, reader, room, pdf()),
        await mustUpload(world, sender, elsewhere, pdf()),
        await mustUpload(world, sender, room, pdf()),
      ];
      const entries = [
        foreign.file_id,
        other.file_id,
        own.file_id,
        `file_${randomUUID()}`,
        'a-file of theirs',
      ];
      const attachments = { files: entries.map((file_id) => ({ file_id })) };
      expect((await post(sender, room, attachments)).attachments).toEqual(attachments);
      expect((await canonical(room))?.attachments).toMatchObject([{ file_id: own.file_id }]);
      // They can still be sent by whoever may.
      const free = await sql<{ id: string }>(
        world,
        'SELECT id FROM attachments WHERE message_id IS NULL AND id = ANY($1::uuid[])',
        [[foreign, other, own].map(({ file_id }) => file_id.slice('file_'.length))],
      );
      expect(free.map(({ id }) => `file_${id}`).sort()).toEqual([foreign.file_id, other.file_id].sort());
    },
  );
});
