import type { RestAnswer } from '../support/rest-client.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import {
  answerSchema,
  faultsOf,
  resolved,
  type Document,
  type MediaType,
  type Operation,
} from './openapi-document.js';

/** Pages and documents themselves: not part of the API they describe. */
const NOT_API = /^\/(api\/)?docs|^\/openapi|^\/asyncapi|^\/assets|^\/index|^\/\{?\*|^\/$|-(json|yaml)$/;

interface Layer {
  route?: { path: string | string[]; methods: Record<string, boolean> };
}

/** Every route that Express really serves, as `get /rooms/{room_id}`. */
function servedRoutes(world: World): string[] {
  const express = world.server.app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
  return express.router.stack
    .flatMap(({ route }) => (route ? [route] : []))
    .flatMap((route) => [route.path].flat().map((path) => ({ path, methods: Object.keys(route.methods) })))
    .filter(({ path }) => !NOT_API.test(path))
    .flatMap(({ path, methods }) => methods.map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`));
}

describe('the OpenAPI document', () => {
  let world: World;
  let document: Document;
  let operations: { name: string; operation: Operation }[];

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    document = (await (await fetch(`${world.url}/openapi.json`)).json()) as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
  });
  afterAll(() => world.stop());

  /** Names of the operations that lack something. */
  const lacking = (has: (operation: Operation) => boolean): string[] =>
    operations.filter(({ operation }) => !has(operation)).map(({ name }) => name);
  const answersOf = ({ responses }: Operation): [status: string, media: MediaType][] =>
    Object.entries(responses).flatMap(([status, { content }]) =>
      Object.values(content ?? {}).map((media): [string, MediaType] => [status, media]),
    );
  const needsToken = (operation: Operation): boolean => operation.security.length > 0;

  it('is OpenAPI 3.1 and holds exactly the routes that are served', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const routes = servedRoutes(world);
    expect(routes.length).toBeGreaterThan(20);
    expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(routes)].sort());
  });

  it('says of every operation what it does and who may call it', () => {
    expect(lacking(({ summary }) => (summary?.length ?? 0) > 5)).toEqual([]);
    expect(lacking(({ description }) => /Access: .+\./.test(description ?? ''))).toEqual([]);
    expect(lacking((operation) => operation['x-access'] !== undefined)).toEqual([]);
    expect(lacking((operation) => needsToken(operation) === (operation['x-access'] !== 'public'))).toEqual(
      [],
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('names the codes of a missing token, a missing permission and a used-up rate', () => {
    for (const status of ['401', '403', '429', '503']) {
      expect(
        lacking(
          (operation) =>
            !needsToken(operation) || /`[A-Z_]+`/.test(operation.responses[status]?.description ?? ''),
        ),
      ).toEqual([]);
    }
    expect(lacking((operation) => !operation.requestBody || '400' in operation.responses)).toEqual([]);
    const takesJson = ({ requestBody }: Operation): boolean =>
      requestBody !== undefined && 'application/json' in requestBody.content;
    for (const status of ['413', '415'])
      expect(lacking((operation) => !takesJson(operation) || status in operation.responses)).toEqual([]);
  });

  it.each([
    ['put', '/api/v1/chat/directory/contexts/{type}/{id}', '400', 'UNKNOWN_USERS'],
    ['put', '/api/v1/chat/rooms/{room_id}/bans/{user_id}', '400', 'UNKNOWN_USERS'],
    ['get', '/api/v1/chat/rooms/{room_id}/messages', '404', 'MESSAGE_NOT_FOUND'],
    ['post', '/api/v1/chat/rooms/{room_id}/messages', '404', 'MESSAGE_NOT_FOUND'],
    ['post', '/api/v1/chat/rooms/{room_id}/messages', '400', 'TOO_MANY_FILES'],
  ])('%s %s names with %s the code %s', (method, path, status, code) => {
    expect(document.paths[path]?.[method]?.responses[status]?.description).toContain(`\`${code}\``);
  });

  it('describes path parameters, and shows a body where one is taken', () => {
    expect(
      lacking(({ parameters = [] }) =>
        parameters.every((parameter) => parameter.in !== 'path' || (parameter.description?.length ?? 0) > 5),
      ),
    ).toEqual([]);
    expect(
      lacking(({ requestBody }) =>
        Object.entries(requestBody?.content ?? {}).every(
          ([type, media]) => type !== 'application/json' || media.example !== undefined,
        ),
      ),
    ).toEqual([]);
  });

  it('shows forms with the fields for their files, and as much of them as they take', () => {
    const binary = { type: 'string', format: 'binary' };
    const formOf = (path: string) =>
      resolved(
        document,
        document.paths[path]?.post?.requestBody?.content['multipart/form-data']?.schema ?? {},
      ) as {
        required?: string[];
        properties: Record<string, Record<string, unknown>>;
      };
    expect(formOf('/api/chat/voice-notes').properties.voice_note).toEqual(binary);
    expect(formOf('/api/v1/chat/upload').properties).toMatchObject({
      file: binary,
      attachments: { type: 'array', items: binary, maxItems: 5 },
    });
    const path = '/api/v1/chat/sessions/{sessionId}/messages';
    const { required = [], properties } = formOf(path);
    expect(properties.attachments).toEqual({ type: 'array', items: binary, minItems: 1, maxItems: 5 });
    expect(Object.keys(properties).sort()).toEqual([
      'attachment_ids',
      'attachments',
      'content',
      'message_type',
      'temp_id',
    ]);
    expect(required).toEqual([]);
    // It follows from the files; of JSON, which has none, it is text.
    expect(properties.message_type).not.toHaveProperty('default');
    const json = resolved(
      document,
      document.paths[path]?.post?.requestBody?.content['application/json']?.schema ?? {},
    );
    expect(json).toMatchObject({ properties: { message_type: { default: 'text' } } });
    expect(json?.properties).not.toHaveProperty('attachments');
  });

  it('has an example of every answer, and each example fits its schema', () => {
    expect(lacking((operation) => answersOf(operation).some(([status]) => status.startsWith('2')))).toEqual(
      [],
    );
    const faults = operations.flatMap(({ name, operation }) =>
      answersOf(operation).flatMap(([status, media]) => {
        if (media.schema.format === 'binary') return [];
        const shown =
          'example' in media ? [media.example] : Object.values(media.examples ?? {}).map((e) => e.value);
        if (shown.length === 0) return [`${name} ${status}: no example`];
        return shown
          .flatMap((example) => faultsOf(document, media.schema, example))
          .map((fault) => `${name} ${status}: ${fault.instancePath} ${fault.message}`);
      }),
    );
    expect(faults).toEqual([]);
  });

  it('shows bodies that fit what the operation takes', () => {
    const faults = operations.flatMap(({ name, operation }) =>
      Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => {
        const { example, ...rest } = schema;
        return example === undefined
          ? []
          : faultsOf(document, rest, example).map(
              (fault) => `${name}: ${fault.instancePath} ${fault.message}`,
            );
      }),
    );
    expect(faults).toEqual([]);
  });

  describe('against real answers', () => {
    let customer: Person;
    let staff: Person;
    let room: string;

    beforeAll(async () => {
      customer = world.person('customer', { name: 'First Customer' });
      staff = world.person('staff', { name: 'Mike Johnson' });
      room = await world.serviceRoom([customer, staff]);
      await world.joined(room, customer, staff);
    });

    function expectDocumented(answer: RestAnswer, method: string, path: string, status = 200): void {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]+$/);
      expect(faultsOf(document, answerSchema(document, method, path, status), answer.body)).toEqual([]);
    }

    it('of messages', async () => {
      const path = '/api/v1/chat/rooms/{room_id}/messages';
      const sent = await customer.rest.post(`/api/v1/chat/rooms/${room}/messages`, { message: 'Hello' });
      expectDocumented(sent, 'post', path, 201);
      expectDocumented(
        await staff.rest.post(`/api/v1/chat/rooms/${room}/read`, {}),
        'post',
        '/api/v1/chat/rooms/{room_id}/read',
      );
      const history = await customer.rest.get<{ messages: { read_by: unknown[] }[] }>(
        `/api/v1/chat/rooms/${room}/messages`,
      );
      expect(history.body.data.messages.at(-1)?.read_by).toHaveLength(1);
      expectDocumented(history as unknown as RestAnswer, 'get', path);
      expectDocumented(await customer.rest.get('/api/v1/chat/unread'), 'get', '/api/v1/chat/unread');
    });

    it('of rooms, presence and the directory', async () => {
      expectDocumented(await customer.rest.get('/api/v1/chat/rooms'), 'get', '/api/v1/chat/rooms');
      expectDocumented(
        await customer.rest.get(`/api/v1/chat/rooms/${room}`),
        'get',
        '/api/v1/chat/rooms/{room_id}',
      );
      expectDocumented(
        await customer.rest.get(`/api/v1/chat/rooms/${room}/online`),
        'get',
        '/api/v1/chat/rooms/{room_id}/online',
      );
      expectDocumented(
        await world.host().rest.get(`/api/v1/chat/directory/users/${customer.id}`),
        'get',
        '/api/v1/chat/directory/users/{id}',
      );
    });

    it('of failures', async () => {
      const path = '/api/v1/chat/rooms/{room_id}/messages';
      expectDocumented(await world.anonymous().get(`/api/v1/chat/rooms/${room}/messages`), 'get', path, 401);
      const stranger = world.person('customer');
      expectDocumented(await stranger.rest.get(`/api/v1/chat/rooms/${room}/messages`), 'get', path, 403);
      expectDocumented(await customer.rest.get('/api/v1/chat/rooms/nowhere/messages'), 'get', path, 404);
      const badPage = await customer.rest.get(`/api/v1/chat/rooms/${room}/messages?per_page=101`);
      expectDocumented(badPage, 'get', path, 400);
    });
  });

  it('is shown by Swagger UI at both addresses, from files of this server alone', async () => {
    for (const path of ['/docs', '/api/docs']) {
      const page = await fetch(world.url + path);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-security-policy')).not.toMatch(/upgrade-insecure-requests|https?:/);
      const html = await page.text();
      const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link as string);
      expect(links.length).toBeGreaterThan(2);
      for (const link of links) {
        const target = new URL(link, `${page.url}${page.url.endsWith('/') ? '' : '/'}`);
        const resolved = link.startsWith('./') ? new URL(link, page.url) : target;
        expect(resolved.origin).toBe(new URL(world.url).origin);
        expect((await fetch(resolved)).status).toBe(200);
      }
    }
  });
});
