import { z } from 'zod';
import { describeAccess } from '#libs/platform/auth';
import { declaredDialects, documentedFailures } from '#libs/platform/dialects';
import {
  ANY_DIALECT,
  serverEventRegistry,
  type RealtimeServer,
  type ServerEventDefinition,
  type SocketRoute,
  type SocketRouter,
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
export function socketCatalogue(router: SocketRouter, realtime: RealtimeServer): SocketContract[] {
  const routes = [...router.table().values()].flat();
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
      ...routes.filter((route) => route.dialect === dialect).map(fromClient),
      ...declared
        .filter((entry) => entry.dialect === dialect)
        .flatMap(({ events }) => Object.entries(events).map(([name, event]) => fromServer(name, event))),
    ],
  }));
}

function fromClient({ dialect, metadata, access }: SocketRoute): SocketEvent {
  const { event, summary, payload, ack, emits = [], errors, example } = metadata;
  const failures = documentedFailures({
    transport: 'socket',
    access,
    takes: payload && 'payload',
    errors,
    dialect: declaredDialects().find(({ name }) => name === dialect),
  });
  return {
    name: event,
    direction: 'client',
    summary,
    access: describeAccess(access),
    needsToken: access !== 'public',
    payload: payload && described(payload, 'input', example),
    ack: described(ack ?? z.null(), 'output', undefined),
    errors: [...new Set(failures.map(({ code }) => code))],
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
