import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryService, LazyModuleLoader, Reflector } from '@nestjs/core';
import { AppConfig } from '#libs/platform/config';
import { RateLimiter } from '#libs/platform/rate-limit';
import { TokenGuard } from '#libs/platform/http';
import { Authenticator, DEFAULT_PERMISSIONS, type Role } from '#libs/platform/auth';
import { ChatGateway, EventTable, OnEvent, SocketEvents } from '#libs/platform/realtime';
import { ONE_NODE, World } from '../support/world.js';
import { expressRoutes, fillPath, restRoutes, type RestRoute } from './routes.js';

/** Open to everyone on purpose. What is added here is added knowingly. */
const PUBLIC_ROUTES = [
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'POST /dev/tokens',
  // Links that carry a signature of their own.
  'GET /uploads/chat-attachments/:file',
];
/** One of them for each contract. */
const UNAUTHENTICATED = /^(UNAUTHORIZED|AUTHENTICATION_REQUIRED)$/;
const PUBLIC_EVENTS = ['authenticate', 'chat-authenticate'];
/** Documents and pages, which are served beside the controllers. */
const PAGES = /^(GET|HEAD) \/((docs|api\/docs|openapi\.json|asyncapi\.json|index\.html|assets)(\/|$)|$)/;

describe('access', () => {
  let world: World;
  let routes: RestRoute[];
  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    routes = restRoutes(world.server.app);
  });
  afterAll(() => world.stop());

  it("knows every route: what Express serves is a controller's, or a public page", () => {
    const declared = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect(declared.size).toBeGreaterThan(20);
    expect(
      expressRoutes(world.server.app).filter((route) => !declared.has(route) && !PAGES.test(route)),
    ).toEqual([]);
  });

  it('has a rule for every route, and a token is asked for by all but the listed', () => {
    expect(routes.filter((route) => route.access === undefined).map((route) => route.handler)).toEqual([]);
    const open = routes
      .filter((route) => route.access === 'public')
      .map(({ method, path }) => `${method} ${path}`);
    expect(open.filter((route) => !PUBLIC_ROUTES.includes(route))).toEqual([]);
  });

  it('has a rule for every socket event, and a token is asked for by all but the listed', () => {
    const table = [...world.server.app.get(SocketEvents).table()];
    expect(table.length).toBeGreaterThan(5);
    const all = table.flatMap(([event, handlers]) => handlers.map(({ access }) => ({ event, access })));
    expect(all.filter(({ access }) => access === undefined)).toEqual([]);
    const open = all.filter(({ access }) => access === 'public').map(({ event }) => event);
    expect(open.filter((event) => !PUBLIC_EVENTS.includes(event))).toEqual([]);
  });

  it('answers every other route without a token, and with a bad one, with 401 in the envelope', async () => {
    const clients = [world.anonymous(), world.anonymous()];
    for (const { method, path, access, handler } of routes) {
      if (access === 'public') continue;
      for (const [index, rest] of clients.entries()) {
        const answer = await rest.call(
          method,
          fillPath(path, () => '1'),
          method === 'GET' || method === 'DELETE' ? undefined : {},
          index === 0 ? {} : { authorization: 'Bearer not.a.token' },
        );
        expect({ handler, status: answer.status, ...answer.body }).toEqual({
          handler,
          status: 401,
          success: false,
          error: expect.any(String),
          code: expect.stringMatching(UNAUTHENTICATED),
          details: [],
        });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
  });

  it('refuses every route that names a permission or roles to a token that lacks them', async () => {
    const powerless = world.person('customer', { claims: { permissions: [] } });
    for (const { method, path, access, handler } of routes) {
      if (access === 'public' || access === 'authenticated') continue;
      const answer = await powerless.rest.call(
        method,
        fillPath(path, () => '1'),
        method === 'GET' ? undefined : {},
      );
      expect({ handler, status: answer.status, code: answer.body.code }).toEqual({
        handler,
        status: 403,
        code: 'FORBIDDEN',
      });
      // As an object or, where the contract shows texts, as a sentence.
      const named = typeof access === 'object' ? access.roles : [access];
      for (const name of named) expect(JSON.stringify(answer.body.details)).toContain(name);
    }
  });

  it('lets the permissions claim replace the default set of the role', async () => {
    const path = '/api/v1/chat/rooms';
    const body = { type: 'direct', participant_ids: ['900001'] };
    const status = async (role: string, permissions?: string[]) =>
      (await world.person(role, { claims: { permissions } }).rest.post(path, body)).status;
    expect(DEFAULT_PERMISSIONS['customer' satisfies Role]).toContain('chats:create');
    expect(await status('customer')).toBe(201);
    expect(await status('customer', ['chats:read'])).toBe(403);
    expect(await status('admin', [])).toBe(403);
    expect(await status('customer', ['chats:create'])).toBe(201);
  });

  it('keeps the directory to the host and to admins', async () => {
    const status = async (role: string) =>
      (await world.person(role).rest.put('/api/v1/chat/directory/users/900002', { name: 'Someone' })).status;
    for (const role of [
      'customer',
      'client',
      'staff',
      'agent',
      'support',
      'reader',
      'provider',
      'business',
      'supplier',
    ])
      expect([role, await status(role)]).toEqual([role, 403]);
    for (const role of ['service', 'admin']) expect([role, await status(role)]).toEqual([role, 200]);
  });
});

@Controller('forgotten')
class ForgottenController {
  @Get()
  tell(): string {
    return 'a secret';
  }
}

@ChatGateway('service')
class ForgottenGateway {
  told = 0;

  @OnEvent('forgotten_event', { access: undefined as never, summary: 'Someone forgot the rule' })
  tell(): string {
    this.told += 1;
    return 'a secret';
  }
}

@Module({ providers: [ForgottenGateway] })
class ForgottenModule {}

describe('what has no rule', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  it('is open to nobody on REST, not even to an admin', async () => {
    const { app } = world.server;
    const guard = new TokenGuard(
      new Reflector(),
      app.get(Authenticator),
      app.get(RateLimiter),
      app.get(AppConfig),
    );
    const request = { headers: { authorization: `Bearer ${world.person('admin').token}` }, ip: '127.0.0.1' };
    const context = {
      getType: () => 'http',
      getHandler: () => ForgottenController.prototype.tell,
      getClass: () => ForgottenController,
      switchToHttp: () => ({ getRequest: () => request }),
    };
    await expect(guard.canActivate(context as never)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is open to nobody on sockets, not even to an admin', async () => {
    const { app } = world.server;
    const forgotten = await app.get(LazyModuleLoader).load(() => ForgottenModule);
    const gateway = forgotten.get(ForgottenGateway);
    const providers = app.get(DiscoveryService, { strict: false }).getProviders();
    app.get(EventTable).addGateway(providers.find(({ instance }) => instance === gateway)!);
    const socket = await world.socket(world.person('admin'));
    expect(await socket.ask('forgotten_event', {})).toMatchObject({ success: false, code: 'FORBIDDEN' });
    expect(gateway.told).toBe(0);
    expect(socket.of('message_error')).toMatchObject([{ error_code: 'FORBIDDEN' }]);
  });
});
