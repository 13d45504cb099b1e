import { Module } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { readdir, readFile } from 'node:fs/promises';
import { dialectOfPath } from '#libs/platform/dialects';
import { chatControllerOf } from '#libs/platform/http';
import { AppModule } from '../../apps/api/src/app.module.js';
import { ONE_NODE, World, type Person } from '../support/world.js';
import { CourierModule } from './courier/courier.module.js';

// The server as it is, and a sixth contract.
Module({ imports: [CourierModule] })(AppModule);

const FILES = new URL('courier/', import.meta.url);
const GUIDE = 'docs/adding-a-dialect.md';

interface Media {
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface OpenApi {
  tags: { name: string; description: string }[];
  paths: Record<
    string,
    Record<
      string,
      { tags: string[]; responses: Record<string, { description: string; content: Record<string, Media> }> }
    >
  >;
}

describe('a dialect that is added as docs/adding-a-dialect.md says', () => {
  let world: World;
  let stranger: Person;
  let member: Person;
  let room: string;
  let openApi: OpenApi;

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    member = world.person('customer');
    stranger = world.person('customer');
    room = await world.serviceRoom([member, world.person('staff')]);
    openApi = (await (await fetch(`${world.url}/openapi.json`)).json()) as OpenApi;
  });
  afterAll(() => world.stop());

  it('has in the guide the files that are tried here', async () => {
    const guide = await readFile(GUIDE, 'utf8');
    const shown = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n([^`]*(?:`[^`\n]+`[^`]*)*)^```$/gm)].map(
      ([, name = '', text = '']) => [name, text],
    );
    const names = await readdir(FILES);
    const real = await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, FILES), 'utf8')]),
    );
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(real));
  });

  it('answers on REST in its own words', async () => {
    expect((await member.rest.get(`/api/courier/parcels/${room}`)).status).toBe(200);
    expect(await stranger.rest.get(`/api/courier/parcels/${room}`)).toMatchObject({
      status: 403,
      body: { success: false, code: 'NOT_YOUR_PARCEL' },
    });
    expect(await member.rest.get('/api/courier/parcels/nowhere')).toMatchObject({
      status: 404,
      body: { code: 'PARCEL_NOT_FOUND' },
    });
    expect(await member.rest.post('/api/courier/parcels', { parcel: 'heavy_1' })).toMatchObject({
      status: 409,
      body: { code: 'PARCEL_TOO_HEAVY', details: [{ max_grams: 2_000 }] },
    });
  });

  it('knows its events on the shared namespace, and refuses them in its own words', async () => {
    const socket = await world.socket(stranger, { namespace: '/' });
    expect(await socket.ask('join_room', { parcel: room })).toMatchObject({
      success: false,
      code: 'NOT_YOUR_PARCEL',
    });
    expect(await socket.waitFor('courier_error')).toMatchObject({
      code: 'NOT_YOUR_PARCEL',
      event: 'join_room',
    });
    // Theirs stay theirs.
    expect(await socket.ask('join_room', { roomId: room })).toMatchObject({ code: 'JOIN_ROOM_FAILED' });
    const mine = await world.socket(member, { namespace: '/' });
    expect(await mine.ask('join_room', { parcel: room })).toMatchObject({ success: true });
  });

  it('is in the OpenAPI document with its tag, its codes and the sentences that it answers', async () => {
    expect(openApi.tags).toContainEqual({
      name: 'courier',
      description: 'The courier contract: talks about parcels',
    });
    const read = openApi.paths['/api/courier/parcels/{id}']?.get;
    expect(read?.tags).toEqual(['courier']);
    expect(read?.responses['404']?.description).toBe('`PARCEL_NOT_FOUND`');
    expect(read?.responses['403']?.description).toBe('`NOT_YOUR_PARCEL`, `FORBIDDEN`');
    const refused = await member.rest.get('/api/courier/parcels/nowhere');
    expect(read?.responses['404']?.content['application/json']?.example).toEqual(refused.body);
    const add = openApi.paths['/api/courier/parcels']?.post;
    expect(Object.keys(add?.responses ?? {}).sort()).toEqual(
      ['201', '400', '401', '403', '408', '409', '413', '415', '429', '500', '503'].sort(),
    );
    const heavy = await member.rest.post('/api/courier/parcels', { parcel: 'heavy_1' });
    expect(add?.responses['409']?.content['application/json']?.example).toEqual(heavy.body);
  });

  it('is in the AsyncAPI document with its codes', async () => {
    const document = (await (await fetch(`${world.url}/asyncapi.json`)).json()) as {
      components: { messages: Record<string, { 'x-errors'?: string[] }> };
    };
    const { messages } = document.components;
    expect(messages['courier.client.join_room']?.['x-errors']).toEqual([
      'PARCEL_NOT_FOUND',
      'NOT_YOUR_PARCEL',
      'VALIDATION_ERROR',
      'UNAUTHORIZED',
      'RATE_LIMITED',
      'SERVICE_UNAVAILABLE',
      'INTERNAL',
    ]);
    expect(messages['courier.server.courier_error']).toBeDefined();
  });

  it('takes no path from another: every controller stands among the prefixes of its own dialect', () => {
    const controllers = world.server.app
      .get(DiscoveryService)
      .getControllers()
      .flatMap(({ metatype }) => {
        const chat = metatype && chatControllerOf(metatype as never);
        return chat
          ? [{ dialect: chat.dialect.name, path: `/${Reflect.getMetadata('path', metatype as object)}` }]
          : [];
      });
    expect(controllers.length).toBeGreaterThan(15);
    expect(controllers.filter(({ dialect, path }) => dialectOfPath(path)?.name !== dialect)).toEqual([]);
  });
});
