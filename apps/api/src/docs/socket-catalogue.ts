import { z } from 'zod';
import { describeAccess } from '#libs/platform/auth';
import { commonErrors } from '#libs/platform/errors';
import {
  ANY_DIALECT,
  serverEventRegistry,
  type RealtimeServer,
  type ServerEventDefinition,
  type SocketRoute,
  type SocketEvents,
} from '#libs/platform/realtime';
import { jsonSchemaOf, namedSchemas, type JsonSchema } from '#libs/platform/validation';
import { exampleOf } from './example-of.js';

export interface Described {
  schema: JsonSchema;
  example: unknown;
}

/** One event in one direction, as the documents tell it. */
export interface SocketEvent {
  name: string;
  direction: 'client' | 'server';
  summary: string;
  /** Absent where the event carries nothing. */
  payload?: Described;
  /** Of events from clients: who may send it, what its acknowledgement's `data` is, its codes, what it brings about. */
  access?: string;
  needsToken?: boolean;
  ack?: Described;
  errors?: string[];
  emits?: string[];
}

/** Events of one contract, the same in each of its namespaces. */
export interface SocketContract {
  dialect: string;
  namespaces: string[];
  events: SocketEvent[];
}

/** Every socket event in both directions, by contract; what concerns the connection itself comes first. */
export function socketCatalogue(socketEvents: SocketEvents, realtime: RealtimeServer): SocketContract[] {
  const routes = [...socketEvents.table().values()].flat();
  const declared = serverEventRegistry();
  const dialects = new Set([
    ANY_DIALECT,
    ...routes.map((route) => route.dialect),
    ...declared.map((entry) => entry.dialect),
  ]);
  return [...dialects].map((dialect) => ({
    dialect,
    namespaces: [...(dialect === ANY_DIALECT ? realtime.namespaces() : realtime.dialect(dialect).namespaces)],
    events: [
      ...routes.filter((route) => route.dialect === dialect).map((route) => fromClient(route, realtime)),
      ...declared
        .filter((entry) => entry.dialect === dialect)
        .flatMap(({ events }) => Object.entries(events).map(([name, event]) => fromServer(name, event))),
    ],
  }));
}

function fromClient({ dialect, metadata, access }: SocketRoute, realtime: RealtimeServer): SocketEvent {
  const { event, summary, payload, ack, emits = [], errors = [], example } = metadata;
  const common = [
    ...(payload ? [commonErrors.validation([])] : []),
    ...(access === 'public' ? [] : [commonErrors.unauthorized()]),
    ...(access === 'public' || access === 'authenticated' ? [] : [commonErrors.forbidden()]),
    commonErrors.rateLimited(1),
    commonErrors.unavailable(),
  ];
  const codeOf = dialect === ANY_DIALECT ? undefined : realtime.dialect(dialect).codeOf;
  return {
    name: event,
    direction: 'client',
    summary,
    access: describeAccess(access),
    needsToken: access !== 'public',
    payload: payload && described(payload, 'input', example),
    ack: described(ack ?? z.null(), 'output', undefined),
    errors: [...new Set([...errors, ...common.map((error) => codeOf?.(error) ?? error.code)])],
    emits,
  };
}

function fromServer(name: string, { summary, payload, example }: ServerEventDefinition): SocketEvent {
  const empty = payload instanceof z.ZodUndefined;
  return {
    name,
    direction: 'server',
    summary,
    payload: empty ? undefined : described(payload, 'output', example),
  };
}

function described(schema: z.ZodType, io: 'input' | 'output', example: unknown): Described {
  const json = jsonSchemaOf(schema, io);
  return { schema: json, example: example ?? exampleOf(json, namedSchemas()) };
}
