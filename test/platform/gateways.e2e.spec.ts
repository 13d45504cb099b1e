import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { GATEWAY_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/internal';
import { ACCESS_RULE } from '#libs/platform/auth';
import { ANY_DIALECT, ChatIoAdapter, RealtimeServer, SocketEvents } from '#libs/platform/realtime';
import { ONE_NODE, World } from '../support/world.js';

describe('gateways', () => {
  let world: World;
  beforeAll(async () => (world = await World.start({}, ONE_NODE)));
  afterAll(() => world.stop());

  /** Every method that Nest's own metadata calls one of a gateway. */
  function subscribed() {
    const { app } = world.server;
    const scanner = new MetadataScanner();
    const gateways = app
      .get(DiscoveryService, { strict: false })
      .getProviders()
      .filter(({ metatype }) => metatype && Reflect.hasMetadata(GATEWAY_METADATA, metatype));
    return gateways.flatMap(({ metatype }) => {
      const prototype = metatype?.prototype as Record<string, () => unknown>;
      return scanner
        .getAllMethodNames(prototype)
        .map((name) => ({ name: `${metatype?.name}.${name}`, method: prototype[name] as () => unknown }))
        .filter(({ method }) => Reflect.hasMetadata(MESSAGE_METADATA, method));
    });
  }

  it('declare a rule of access for each method that subscribes to a message, and each is in the table', () => {
    const methods = subscribed();
    expect(methods.length).toBeGreaterThan(30);
    expect(methods.filter(({ method }) => !Reflect.hasMetadata(ACCESS_RULE, method))).toEqual([]);
    const table = world.server.app.get(SocketEvents).table();
    const inTable = [...table.entries()].flatMap(([event, routes]) => routes.map(() => event));
    const declared = methods.map(({ method }) => Reflect.getMetadata(MESSAGE_METADATA, method) as string);
    expect(inTable.sort()).toEqual(declared.sort());
    for (const [event, routes] of table)
      for (const { access, metadata } of routes)
        expect([event, access, metadata]).toEqual([event, metadata.access, expect.anything()]);
  });

  it("are heard in every namespace of their dialect, though Nest's have only one", async () => {
    const { app } = world.server;
    const realtime = app.get(RealtimeServer);
    const table = [...app.get(SocketEvents).table()];
    const person = world.person('customer');
    for (const namespace of realtime.namespaces()) {
      const socket = await world.socket(person, { namespace });
      const spoken = [ANY_DIALECT, ...realtime.dialectsIn(namespace)];
      for (const [event, routes] of table) {
        if (event.endsWith('authenticate')) continue;
        const answer = (await socket.ask(event, { nothing: 'of it' })) as { error?: string };
        const isKnown = routes.some(({ dialect }) => spoken.includes(dialect));
        expect([namespace, event, /There is no event/.test(answer.error ?? '')]).toEqual([
          namespace,
          event,
          !isKnown,
        ]);
      }
      socket.close();
    }
  });

  it('cost a connection one listener, which all connections share', async () => {
    const realtime = world.server.app.get(RealtimeServer);
    const table = world.server.app.get(SocketEvents).table();
    for (const name of realtime.namespaces()) {
      const namespace = realtime.namespace(name);
      await world.socket(world.person('customer'), { namespace: name });
      await world.socket(world.person('agent'), { namespace: name });
      const sockets = [...namespace.sockets.values()];
      expect(sockets.length).toBeGreaterThanOrEqual(2);
      expect(new Set(sockets.flatMap((socket) => socket.listenersAny())).size).toBe(1);
      for (const socket of sockets) {
        expect(socket.listenersAny()).toHaveLength(1);
        expect(socket.eventNames().filter((event) => table.has(String(event)))).toEqual([]);
      }
    }
  });

  it('are served by the one HTTP server: neither a port nor a path of their own', () => {
    const adapter = new ChatIoAdapter(world.server.app);
    const refused = /no gateway may have a port or path of its own/;
    expect(() => adapter.createIOServer(4_321)).toThrow(refused);
    expect(() => adapter.createIOServer(0, { path: '/own' })).toThrow(refused);
  });
});
