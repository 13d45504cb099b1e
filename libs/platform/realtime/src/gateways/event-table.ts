import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { GATEWAY_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/internal';
import { ACCESS_RULE, type AccessRule } from '#libs/platform/auth';
import { ANY_DIALECT } from '../dialects.js';
import { RealtimeServer } from '../realtime-server.js';
import type { GatewayMethod } from './event-context.js';
import type { EventHandler } from './event-handler.js';
import { EventHandlers } from './event-handlers.js';
import { DIALECT, EVENT_OPTIONS, type SocketEventMetadata } from './gateway.decorators.js';

const NO_ROUTES: readonly SocketRoute[] = [];

/** An event of one dialect: who may send it, and what answers it. */
export interface SocketRoute {
  dialect: string;
  metadata: SocketEventMetadata;
  access: AccessRule | undefined;
  /** Class of the payload, where the method's parameter has one. */
  payloadClass: Type | undefined;
  handler: EventHandler;
}

/** All events of all gateways, made of Nest's metadata at the start, and looked up by namespace. */
@Injectable()
export class EventTable implements OnModuleInit {
  private readonly routes = new Map<string, SocketRoute[]>();
  private readonly candidatesByNamespace = new Map<string, Map<string, readonly SocketRoute[]>>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly realtime: RealtimeServer,
    private readonly handlers: EventHandlers,
  ) {}

  onModuleInit(): void {
    for (const provider of this.discovery.getProviders())
      if (provider.instance && provider.metatype && Reflect.hasMetadata(GATEWAY_METADATA, provider.metatype))
        this.addGateway(provider);
  }

  /** @throws where it is no gateway of a dialect, or declares an event that another one has */
  addGateway(gateway: InstanceWrapper): void {
    const type = gateway.metatype as Type;
    const dialect = Reflect.getMetadata(DIALECT, type) as string | undefined;
    if (dialect === undefined) throw new Error(`${type.name}: use @ChatGateway(), which says the dialect`);
    const prototype = type.prototype as Record<string, GatewayMethod>;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method = prototype[name] as GatewayMethod;
      if (!Reflect.hasMetadata(MESSAGE_METADATA, method)) continue;
      const metadata = Reflect.getMetadata(EVENT_OPTIONS, method) as SocketEventMetadata | undefined;
      if (!metadata)
        throw new Error(`${type.name}.${name}: use @OnEvent(), which says who may send it and documents it`);
      const member = { gateway, name, method };
      this.add({
        dialect,
        metadata,
        access: (Reflect.getMetadata(ACCESS_RULE, method) ?? Reflect.getMetadata(ACCESS_RULE, type)) as
          AccessRule | undefined,
        payloadClass: this.handlers.payloadClass(member),
        handler: this.handlers.create(member),
      });
    }
  }

  /** Every route by event name, for documentation and tests. */
  all(): ReadonlyMap<string, readonly SocketRoute[]> {
    return this.routes;
  }

  has(event: string): boolean {
    return this.routes.has(event);
  }

  /** Routes of an event in the socket's namespace; the table does not change after the start, so they are kept. */
  in(namespace: string, event: string): readonly SocketRoute[] {
    const routes = this.routes.get(event);
    if (!routes) return NO_ROUTES;
    let known = this.candidatesByNamespace.get(namespace);
    if (!known) this.candidatesByNamespace.set(namespace, (known = new Map()));
    let candidates = known.get(event);
    if (!candidates) {
      const dialects = this.realtime.dialectsIn(namespace);
      candidates = routes.filter(({ dialect }) => dialect === ANY_DIALECT || dialects.includes(dialect));
      known.set(event, candidates);
    }
    return candidates;
  }

  private add(route: SocketRoute): void {
    const { dialect, metadata } = route;
    const list = this.routes.get(metadata.event) ?? [];
    if (list.some((other) => other.dialect === dialect))
      throw new Error(`Event ${metadata.event} of ${dialect} is handled twice`);
    list.push(route);
    this.routes.set(metadata.event, list);
  }
}
