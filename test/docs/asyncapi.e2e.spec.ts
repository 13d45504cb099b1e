import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import { SocketEvents, serverEventRegistry } from '#libs/platform/realtime';
import type { SocketClient } from '../support/socket-client.js';
import { ONE_NODE, World } from '../support/world.js';
import { faultsOf, type Schema, type WithSchemas } from './openapi-document.js';

interface Message {
  name: string;
  summary?: string;
  payload?: Schema;
  examples?: { payload: unknown }[];
  'x-access'?: string;
  'x-errors'?: string[];
  'x-emits'?: string[];
}

interface Operation {
  action: string;
  channel: { $ref: string };
  messages: { $ref: string }[];
  reply?: object;
  security?: object[];
}

interface AsyncApi extends WithSchemas {
  asyncapi: string;
  channels: Record<string, { address: string; messages: Record<string, object> }>;
  operations: Record<string, Operation>;
  components: WithSchemas['components'] & { messages: Record<string, Message> };
}

const contractOf = (dialect: string): string => (dialect === '*' ? 'connection' : dialect);

describe('the AsyncAPI document', () => {
  let world: World;
  let document: AsyncApi;

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    const answer = await fetch(`${world.url}/asyncapi.json`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    document = (await answer.json()) as AsyncApi;
  });
  afterAll(() => world.stop());

  const message = (id: string): Message => {
    const found = document.components.messages[id];
    if (!found) throw new Error(`The document has no message ${id}`);
    return found;
  };
  const routes = () =>
    [...world.server.app.get(SocketEvents).table()].flatMap(([event, list]) =>
      list.map((route) => ({ id: `${contractOf(route.dialect)}.client.${event}`, route })),
    );
  const serverEvents = () =>
    serverEventRegistry().flatMap(({ dialect, events }) =>
      Object.keys(events).map((event) => `${contractOf(dialect)}.server.${event}`),
    );

  it('is AsyncAPI 3.0 without errors', async () => {
    expect(document.asyncapi).toBe('3.0.0');
    const found = await new Parser().validate(document as never);
    expect(found.filter(({ severity }) => severity === DiagnosticSeverity.Error)).toEqual([]);
  }, 60_000);

  it('holds exactly the events that are answered and declared, in both directions', () => {
    const expected = [...routes().map(({ id }) => id), ...serverEvents()];
    expect(expected.length).toBeGreaterThan(60);
    const ids = Object.keys(document.components.messages).filter((id) => !id.includes('.ack.'));
    expect(ids.sort()).toEqual([...new Set(expected)].sort());
    for (const { id, route } of routes()) {
      expect({ id, payload: message(id).payload !== undefined }).toEqual({
        id,
        payload: route.payloadClass !== undefined,
      });
    }
  });

  it('declares only events that are documented as brought about', () => {
    const unknown = routes().flatMap(({ id, route: { dialect, metadata } }) =>
      (metadata.emits ?? [])
        .filter((event) => !document.components.messages[`${contractOf(dialect)}.server.${event}`])
        .map((event) => `${id} -> ${event}`),
    );
    expect(unknown).toEqual([]);
  });

  it('says of each what it means, who may send it, and with which codes it is refused', () => {
    for (const [id, { summary = '' }] of Object.entries(document.components.messages)) {
      expect({ id, told: summary.length > 10 }).toEqual({ id, told: true });
    }
    for (const { id } of routes()) {
      const told = message(id);
      expect(told['x-access']).toMatch(/\w/);
      expect({ id, codes: told['x-errors']?.length }).not.toEqual({ id, codes: 0 });
    }
  });

  it('has each event as an operation in each namespace of its contract, clients with their acknowledgement', () => {
    const service = Object.entries(document.channels).filter(([id]) => id.startsWith('service-'));
    expect(service.map(([, { address }]) => address).sort()).toEqual(['/', '/chat']);
    for (const [id, { messages }] of Object.entries(document.channels)) {
      for (const name of Object.keys(messages)) {
        const [, kind, event] = name.split('.');
        if (kind === 'ack') continue;
        const operation = document.operations[`${id}.${kind}.${event}`];
        expect(operation).toMatchObject({
          action: kind === 'client' ? 'receive' : 'send',
          channel: { $ref: `#/channels/${id}` },
          messages: [{ $ref: `#/channels/${id}/messages/${name}` }],
        });
        expect(operation?.reply !== undefined).toBe(kind === 'client');
      }
    }
  });

  it('shows an example of each payload and acknowledgement, and each fits its schema', () => {
    const faults = Object.entries(document.components.messages).flatMap(([id, { payload, examples }]) => {
      if (!payload) return examples === undefined ? [] : [`${id}: an example without a payload`];
      if (!examples?.length) return [`${id}: no example`];
      return examples
        .flatMap((example) => faultsOf(document, payload, example.payload))
        .map((fault) => `${id}: ${fault.instancePath} ${fault.message}`);
    });
    expect(faults).toEqual([]);
  });

  describe('against real events', () => {
    /** What is wrong with what a client has received, by the document; every event must be in it. */
    const faultsIn = (client: SocketClient, ...contracts: string[]): string[] =>
      client.received
        .filter(({ event }) => !['connect', 'disconnect'].includes(event))
        .flatMap(({ event, payload }) => {
          const ids = contracts.map((contract) => `${contract}.server.${event}`);
          const id = ids.find((one) => document.components.messages[one]);
          if (!id) return [`${event} is not documented`];
          const schema = message(id).payload;
          if (!schema) return payload === undefined ? [] : [`${id}: has a payload`];
          return faultsOf(document, schema, payload).map(
            (fault) => `${id}: ${fault.instancePath} ${fault.message} ${JSON.stringify(fault.params)}`,
          );
        });

    async function acknowledged(client: SocketClient, contract: string, event: string, payload: object) {
      const answer = await client.ask<{ id: string }>(event, payload);
      const schema = message(`${contract}.ack.${event}`).payload as Schema;
      expect({ event, answer, faults: faultsOf(document, schema, answer) }).toEqual({
        event,
        answer,
        faults: [],
      });
      return answer;
    }

    it('of the service contract', async () => {
      const customer = world.person('customer', { name: 'First Customer' });
      const staff = world.person('staff', { name: 'Mike Johnson' });
      const room_id = await world.serviceRoom([customer, staff]);
      const a = await world.socket(customer);
      const b = await world.socket(staff);
      for (const client of [a, b]) await acknowledged(client, 'service', 'join_room', { room_id });
      await acknowledged(a, 'service', 'typing_start', { room_id });
      await b.waitFor('user_typing');
      const { data } = await acknowledged(a, 'service', 'send_message', { room_id, message: 'Hello' });
      await acknowledged(b, 'service', 'mark_read', { room_id, message_id: data.id });
      await acknowledged(b, 'service', 'react_to_message', { message_id: data.id, reaction: '👍' });
      await acknowledged(a, 'service', 'edit_message', { message_id: data.id, message: 'Hello there' });
      await acknowledged(a, 'service', 'delete_message', { message_id: data.id });
      await acknowledged(a, 'service', 'get_online_users', { room_id });
      const refused = await acknowledged(a, 'service', 'send_message', { room_id: 'nowhere', message: 'x' });
      expect(refused.success).toBe(false);
      await a.waitFor('message_error');
      await a.waitFor('message_read');
      await b.waitFor('message_deleted');
      for (const event of ['new_message', 'message_reaction', 'message_edited']) await b.waitFor(event);
      expect(faultsIn(a, 'service')).toEqual([]);
      expect(faultsIn(b, 'service')).toEqual([]);
    });

    it('of the support contract, and of the connection', async () => {
      const customer = world.person('customer', { name: 'First Customer' });
      const opened = await customer.rest.post<{ id: string }>('/api/v1/chat/sessions', {
        subject: 'Where is my order',
        initial_message: 'Hello',
      });
      const session_id = opened.body.data.id;
      const a = await world.socket(customer, { namespace: '/' });
      await a.waitFor('authenticated');
      await acknowledged(a, 'support', 'join_session', { session_id });
      const sent = await acknowledged(a, 'support', 'send_message', { session_id, content: 'Hello again' });
      await a.waitFor('new_message');
      const at = `/api/v1/chat/messages/${(sent.data as unknown as { message_id: string }).message_id}`;
      await customer.rest.patch(at, { message: 'Hello once more' });
      await customer.rest.delete(at);
      for (const event of ['message_edited', 'message_deleted']) await a.waitFor(event);
      expect(faultsIn(a, 'support', 'connection')).toEqual([]);
      expect(a.of('connection')).toHaveLength(1);
    });

    it('of a refused token', async () => {
      const stranger = world.person('customer');
      const client = await world.socket({ ...stranger, token: 'not.a.token' }, { namespace: '/' });
      await client.waitFor('disconnect');
      expect(client.of('auth_error')).toHaveLength(1);
      expect(faultsIn(client, 'connection')).toEqual([]);
    });
  });

  it('is a page for people, which needs nothing but this server', async () => {
    const page = await fetch(`${world.url}/docs/events`);
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:/);
    const html = await page.text();
    expect(html).not.toMatch(/<script>|<style|\sstyle=|\son\w+=|(src|href)="(https?:)?\/\//);
    for (const id of Object.keys(document.components.messages).filter((one) => !one.includes('.ack.')))
      expect(html).toContain(`id="${id}"`);
    const anchors = [...html.matchAll(/href="#([^"]+)"/g)].map(([, anchor]) => anchor as string);
    expect(anchors.filter((anchor) => !html.includes(`id="${anchor}"`))).toEqual([]);
    for (const [, link] of html.matchAll(/(?:src|href)="(\/[^"]*)"/g))
      expect({ link, status: (await fetch(world.url + link)).status }).toEqual({ link, status: 200 });
    expect(await (await fetch(world.url)).text()).toContain('href="/docs/events"');
  });
});
