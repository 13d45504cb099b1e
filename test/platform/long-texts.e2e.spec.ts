import type { JsonSchema } from '#libs/platform/schemas';
import { resolved, type Document, type Operation } from '../docs/openapi-document.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { fillPath } from './routes.js';
import { textFields, withText, type FieldPath } from './text-fields.js';

/** What is repeated, ends with something that does not go on so: a pattern that gave up has to try again. */
const REPEATED = ['a', '0', '.', '@', ' \t', '"<a '];
const END = '\t!';

/** Just below what is read of a body, of a frame, and of a request line with its headers; bytes of JSON. */
const BODY_BYTES = 250_000;
const FRAME_BYTES = 60_000;
const URL_BYTES = 2_500;
const HEADER_BYTES = 8_000;

function longText(part: string, bytes: number): string {
  const each = JSON.stringify(part).length - 2;
  return part.repeat(bytes / each) + END;
}

/**
 * Of the processor, for one call and its client: no busy machine changes it. Honest calls take some 10 ms; time that
 * grows with the square of these texts takes seconds.
 */
const CPU_MS = 1_000;
const TIMEOUT = 400_000;

interface AsyncMessage {
  payload?: JsonSchema;
  examples?: { payload: unknown }[];
  'x-errors'?: string[];
}

interface AsyncApi {
  channels: Record<string, { address: string; messages: Record<string, object> }>;
  components: { messages: Record<string, AsyncMessage>; schemas: Record<string, JsonSchema> };
}

/** What calls may name: made anew for each operation, since it may well end them. */
interface Stage {
  people: Person[];
  idOf(name: string): string;
}

describe('long texts', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start(
      {
        HTTP_REQUESTS_PER_MINUTE: '1000000',
        SOCKET_EVENTS_PER_SECOND: '100000',
        USER_EVENTS_PER_SECOND: '100000',
        CHAT_MESSAGE_LIMIT: '10000000',
        CHAT_UPLOAD_LIMIT: '100000',
      },
      ONE_NODE,
    );
  });
  afterEach(() => world.disconnectAll());
  afterAll(() => world.stop());

  const documentAt = async <T>(path: string): Promise<T> =>
    (await (await fetch(world.url + path)).json()) as T;

  async function stage(): Promise<Stage> {
    const people = [world.person('customer'), world.person('staff'), world.person('admin'), world.host()];
    const [customer, staff] = people as [Person, Person];
    const room = await world.serviceRoom([customer, staff]);
    const { body } = await customer.rest.post<{ id: string }>(`/api/v1/chat/rooms/${room}/messages`, {
      message: 'x',
    });
    const idOf = (name: string): string => {
      if (/message/i.test(name)) return body.data.id;
      return /user/i.test(name) ? staff.id : room;
    };
    return { people, idOf };
  }

  /** The processor's milliseconds that a call takes. */
  async function cost<T>(call: () => Promise<T>): Promise<{ answer: T; ms: number }> {
    const before = process.cpuUsage();
    const answer = await call();
    const { user, system } = process.cpuUsage(before);
    return { answer, ms: (user + system) / 1_000 };
  }

  const quick = (what: unknown[], ms: number): void =>
    expect([...what, ms < CPU_MS ? 'quick' : `${ms} ms`]).toEqual([...what, 'quick']);

  async function callsOf(
    operation: Operation,
    path: string,
    { idOf }: Stage,
    schemas: Record<string, JsonSchema>,
  ) {
    const filled = (name?: string, text = ''): string =>
      fillPath(path.replace(/\{(\w+)\}/g, ':$1'), (one) =>
        encodeURIComponent(one === name ? text : idOf(one)),
      );
    const { schema = {}, example: body } = operation.requestBody?.content['application/json'] ?? {};
    const inUrl = (operation.parameters ?? []).map(({ in: place, name }) => ({
      field: name,
      make: (part: string) => {
        const text = longText(part, URL_BYTES);
        return place === 'path'
          ? { url: filled(name, text), body }
          : { url: `${filled()}?${name}=${encodeURIComponent(text)}`, body };
      },
    }));
    const inBody = (body === undefined ? [] : textFields(schema, schemas)).map((at: FieldPath) => ({
      field: at.join('.'),
      make: (part: string) => ({ url: filled(), body: withText(body, at, longText(part, BODY_BYTES)) }),
    }));
    return { plain: { url: filled(), body }, hostile: [...inUrl, ...inBody] };
  }

  it(
    'in any parameter or field of REST are answered as documented, and soon',
    async () => {
      const { paths, components } = await documentAt<Document>('/openapi.json');
      let called = 0;
      for (const [path, methods] of Object.entries(paths)) {
        for (const [verb, operation] of Object.entries(methods)) {
          const method = verb.toUpperCase();
          const here = await stage();
          const { plain, hostile } = await callsOf(operation, path, here, components.schemas);
          if (hostile.length === 0) continue;
          let who = here.people[0] as Person;
          for (const person of here.people) {
            who = person;
            if ((await person.rest.call(method, plain.url, plain.body)).status !== 403) break;
          }
          for (const { field, make } of hostile) {
            for (const part of REPEATED) {
              const { url, body } = make(part);
              const { answer, ms } = await cost(() => who.rest.call(method, url, body));
              const what = [method, path, field, part];
              quick(what, ms);
              expect([...what, answer.status in operation.responses ? 'documented' : answer.status]).toEqual([
                ...what,
                'documented',
              ]);
              called += 1;
            }
          }
        }
      }
      expect(called).toBeGreaterThan(1_000);
    },
    TIMEOUT,
  );

  it(
    'in any field of a socket event are answered as documented, and soon',
    async () => {
      const { channels, components } = await documentAt<AsyncApi>('/asyncapi.json');
      const ids = Object.values(channels).flatMap(({ address, messages }) =>
        Object.keys(messages).map((id) => ({ id, address })),
      );
      const events = [...new Map(ids.map((entry) => [entry.id, entry])).values()].filter(
        ({ id }) => id.split('.')[1] === 'client' && !id.endsWith('authenticate'),
      );
      let asked = 0;
      for (const { id, address } of events) {
        const { payload, examples, 'x-errors': errors = [] } = components.messages[id] as AsyncMessage;
        if (!payload) continue;
        const event = id.split('.').slice(2).join('.');
        const { people, idOf } = await stage();
        const client = await world.socket(people[0] as Person, { namespace: address });
        await client.ask('join_room', { room_id: idOf('room') });
        const example = Object.fromEntries(
          Object.entries((examples?.[0]?.payload ?? {}) as object).map(([name, value]) => [
            name,
            /^(room|session|message)_?id$/i.test(name) ? idOf(name) : (value as unknown),
          ]),
        );
        for (const at of textFields(payload, components.schemas)) {
          for (const part of REPEATED) {
            const hostile = withText(example, at, longText(part, FRAME_BYTES));
            const { answer, ms } = await cost(() => client.ask(event, hostile));
            const what = [id, at.join('.'), part];
            quick(what, ms);
            expect([
              ...what,
              answer.success || errors.includes(answer.code) ? 'documented' : answer.code,
            ]).toEqual([...what, 'documented']);
            asked += 1;
          }
        }
        client.close();
      }
      expect(asked).toBeGreaterThan(400);
    },
    TIMEOUT,
  );

  it(
    'in any field of a form, or as the name of its file, are answered as documented, and soon',
    async () => {
      const document = await documentAt<Document>('/openapi.json');
      const forms = Object.entries(document.paths).flatMap(([path, { post }]) => {
        const schema = post?.requestBody?.content['multipart/form-data']?.schema as JsonSchema | undefined;
        return post && schema ? [{ path, schema, responses: post.responses }] : [];
      });
      expect(forms.length).toBeGreaterThan(2);
      for (const { path, schema, responses } of forms) {
        const { people, idOf } = await stage();
        const url = world.url + path.replace(/\{(\w+)\}/g, (_match, name: string) => idOf(name));
        const { properties } = resolved(document, schema) as { properties: Record<string, JsonSchema> };
        const isFile = (part: JsonSchema): boolean => JSON.stringify(part).includes('"binary"');
        const [fileField = 'file'] = Object.keys(properties).filter((name) => isFile(properties[name] ?? {}));
        const texts = Object.keys(properties).filter((name) => !isFile(properties[name] ?? {}));
        for (const field of [...texts, fileField]) {
          for (const part of REPEATED) {
            const form = new FormData();
            const isName = field === fileField;
            form.append(fileField, new Blob(['x']), isName ? longText(part, HEADER_BYTES) : 'x.txt');
            for (const name of texts)
              form.append(name, name === field ? longText(part, BODY_BYTES) : idOf(name));
            const headers = { authorization: `Bearer ${people[1]?.token}` };
            const { answer, ms } = await cost(() => fetch(url, { method: 'POST', headers, body: form }));
            const what = [path, field, part];
            quick(what, ms);
            expect([...what, answer.status in responses ? 'documented' : answer.status]).toEqual([
              ...what,
              'documented',
            ]);
            await answer.arrayBuffer();
          }
        }
      }
    },
    TIMEOUT,
  );

  it.each([
    'authorization',
    'x-request-id',
    'content-type',
    'if-none-match',
    'if-range',
    'range',
    'origin',
    'accept',
    'cookie',
    'x-forwarded-for',
  ])('in the header %s are answered soon', async (name) => {
    const { people, idOf } = await stage();
    const { rest } = people[0] as Person;
    const messages = `/api/v1/chat/rooms/${idOf('room')}/messages`;
    const file = '/uploads/chat-attachments/0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f.jpg?expires=1&signature=x';
    for (const part of ['a', '0', ',', '/', ' ;', '" ']) {
      for (const start of ['', 'Bearer ', 'bytes=', 'multipart/form-data; ', 'application/json; ']) {
        const value = `${start}${part.repeat(HEADER_BYTES / part.length)} !`;
        for (const [method, path] of [
          ['POST', messages],
          ['GET', file],
          ['OPTIONS', messages],
        ] as const) {
          const body = method === 'POST' ? '{"message":"x"}' : undefined;
          const { answer, ms } = await cost(() => rest.call(method, path, body, { [name]: value }));
          quick([method, name, part], ms);
          expect(answer.status).toBeLessThan(500);
        }
      }
    }
  });
});
