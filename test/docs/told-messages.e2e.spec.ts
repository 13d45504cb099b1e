import { people, putBooking, say } from '../dialects/booking/support.js';
import { BASE, pair, path, start } from '../dialects/marketplace/helpers.js';
import { ROOMS, roomPath } from '../dialects/workspace/helpers.js';
import type { RestAnswer } from '../support/rest-client.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { fieldsOf } from './fields-of.js';
import { answerSchema, type Document } from './openapi-document.js';

interface Call {
  /** `patch /rooms/{id} 200`: the operation, and what it answers. */
  name: string;
  answer: RestAnswer;
}

/** Some contracts show a sentence beside `data`; a client that is generated must know of it. */
describe('the message beside the data of an answer', () => {
  let world: World;
  let document: Document;
  let calls: Call[];

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    document = (await (await fetch(`${world.url}/openapi.json`)).json()) as Document;
  });
  beforeEach(() => (calls = []));
  afterAll(() => world.stop());

  /** Calls an operation of the document with ids in the place of its parameters. */
  async function call(
    { rest }: Person,
    method: string,
    template: string,
    ids: string[] = [],
    body?: object,
  ): Promise<Record<string, unknown>> {
    const left = [...ids];
    const answer = await rest.call<Record<string, unknown>>(
      method.toUpperCase(),
      template.replace(/\{\w+\}/g, () => left.shift() as string),
      body,
    );
    calls.push({ name: `${method} ${template} ${answer.status}`, answer });
    return answer.body.data;
  }

  function expectDocumented(count: number): void {
    const untold = calls.filter(({ name, answer }) => {
      const [method = '', template = ''] = name.split(' ');
      const schema = answerSchema(document, method, template, answer.status);
      return answer.body.message === undefined || !fieldsOf(document, schema).has('message');
    });
    expect(untold.map(({ name, answer }) => [name, answer.body.message])).toEqual([]);
    expect(calls).toHaveLength(count);
  }

  it('is documented for the marketplace', async () => {
    const both = await pair(world);
    const { id } = await start(both.customer, both);
    const { provider, customer } = both;
    const one = path('{conversationId}');
    await call(customer, 'post', `${BASE}/conversations`, [], {
      providerId: Number(provider.id),
      customerId: Number(customer.id),
    });
    await call(customer, 'post', `${one}/messages`, [id], { content: 'Hello' });
    for (const change of ['read', 'archive', 'block', 'unblock', 'end', 'reopen'])
      await call(provider, 'patch', `${one}/${change}`, [id]);
    expectDocumented(8);
  });

  it('is documented for bookings', async () => {
    const { client, reader } = people(world);
    const booking = await putBooking(world, [client, reader]);
    const { id: session } = await call(client, 'post', '/api/chat/sessions', [], { booking_id: booking });
    const { id } = await say(reader, session as string, 'Welcome');
    await call(client, 'post', '/api/chat/messages', [], { session_id: session, content: 'x', type: 'text' });
    await call(client, 'put', '/api/chat/messages/{id}/read', [id]);
    expectDocumented(3);
  });

  it('is documented for workspaces', async () => {
    const [owner, member] = [world.person('admin'), world.person('admin')];
    const made = await call(owner, 'post', ROOMS, [], { name: 'Team', type: 'GROUP', isPrivate: false });
    const id = (made.chatRoom as { id: string }).id;
    const one = roomPath('{id}');
    await call(owner, 'patch', one, [id], { name: 'The team' });
    await call(member, 'post', one, [id]);
    const sent = await call(owner, 'post', `${one}/messages`, [id], { content: 'Hello' });
    const message = (sent.message as { id: string }).id;
    await call(owner, 'patch', `${one}/messages/{messageId}`, [id, message], { content: 'Hello there' });
    await call(owner, 'delete', `${one}/messages/{messageId}`, [id, message]);
    await call(member, 'delete', one, [id]);
    await call(owner, 'delete', `${one}/permanently`, [id]);
    expectDocumented(8);
  });

  it('is documented for support', async () => {
    const customer = world.person('customer');
    const session = await call(customer, 'post', '/api/v1/chat/sessions', [], {
      subject: 'Where is my order',
      initial_message: 'Hello',
    });
    calls = [];
    await call(customer, 'post', '/api/v1/chat/sessions/{sessionId}/read', [session.id as string], {});
    expectDocumented(1);
  });
});
