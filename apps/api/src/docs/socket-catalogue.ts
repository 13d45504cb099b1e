import type { Type } from '@nestjs/common';
import { describeAccess } from '#libs/platform/auth';
import { declaredDialects, documentedFailures, type Dialect } from '#libs/platform/dialects';
import {
  ANY_DIALECT,
  serverEventRegistry,
  type RealtimeServer,
  type ServerEventDefinition,
  type SocketRoute,
  type SocketEvents,
} from '#libs/platform/realtime';
import {
  answerOf,
  Failure,
  schemaNameOf,
  schemaOf,
  type DataType,
  type JsonSchema,
} from '#libs/platform/schemas';
import { exampleOf } from './example-of.js';

export interface Described {
  schema: JsonSchema;
  example: unknown;
}

/** `data` of an acknowledgement, and the names of the schemas of a success and of a failure. */
export interface Acknowledgement extends Described {
  answer: string;
  failure: string;
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
  ack?: Acknowledgement;
  errors?: string[];
  emits?: string[];
}

/** Events of one contract, the same in each of its namespaces. */
export interface SocketContract {
  dialect: string;
  namespaces: string[];
  events: SocketEvent[];
}

type Schemas = Record<string, JsonSchema>;

/** The classes of everything that events carry, for the component schemas. */
export function eventModels(socketEvents: SocketEvents): Type[] {
  const models = [
    ...[...socketEvents.table().values()]
      .flat()
      .flatMap(({ payloadClass, metadata: { ack = null } }) => [payloadClass ?? [], answerOf(ack)]),
    ...serverEventRegistry().flatMap(({ events }) =>
      Object.values(events).flatMap(({ payload }) => payload ?? []),
    ),
    ...declaredDialects().map(({ name }) => failureOf(name)),
    Failure,
  ];
  return [...new Set(models.flat())];
}

/**
 * Every socket event in both directions, by contract; what concerns the connection itself comes first.
 * @param schemas the component schemas that payloads refer to
 */
export function socketCatalogue(
  socketEvents: SocketEvents,
  realtime: RealtimeServer,
  schemas: Schemas,
): SocketContract[] {
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
      ...routes.filter((route) => route.dialect === dialect).map((route) => fromClient(route, schemas)),
      ...declared
        .filter((entry) => entry.dialect === dialect)
        .flatMap(({ events }) =>
          Object.entries(events).map(([name, event]) => fromServer(name, event, schemas)),
        ),
    ],
  }));
}

function fromClient({ dialect, metadata, access, payloadClass }: SocketRoute, schemas: Schemas): SocketEvent {
  const { event, summary, ack, emits = [], errors, example } = metadata;
  const failures = documentedFailures({
    transport: 'socket',
    access,
    takes: payloadClass && 'payload',
    errors,
    dialect: dialectOf(dialect),
  });
  return {
    name: event,
    direction: 'client',
    summary,
    access: describeAccess(access),
    needsToken: access !== 'public',
    payload: payloadClass && described(payloadClass, example, schemas),
    ack: acknowledged(ack ?? null, failureOf(dialect), schemas),
    errors: [...new Set(failures.map(({ code }) => code))],
    emits,
  };
}

function fromServer(
  name: string,
  { summary, payload, example }: ServerEventDefinition,
  schemas: Schemas,
): SocketEvent {
  return {
    name,
    direction: 'server',
    summary,
    payload: payload === null ? undefined : described(payload, example, schemas),
  };
}

function described(data: DataType, example: unknown, schemas: Schemas): Described {
  const schema = schemaOf(data);
  return { schema, example: example ?? exampleOf(schema, schemas) };
}

const dialectOf = (name: string): Dialect | undefined => declaredDialects().find((one) => one.name === name);

const failureOf = (dialect: string): Type => dialectOf(dialect)?.failure ?? Failure;

const acknowledged = (data: DataType, failure: Type, schemas: Schemas): Acknowledgement => ({
  ...described(data, undefined, schemas),
  answer: schemaNameOf(answerOf(data)),
  failure: schemaNameOf(failure),
});
