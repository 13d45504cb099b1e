import type { Type } from '@nestjs/common';
import { z } from 'zod';
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
import { answerOf, Failure, modelsOf, schemaNameOf, schemaOf, type DataType } from '#libs/platform/schemas';
import { jsonSchemaOf, type JsonSchema } from '#libs/platform/validation';
import { exampleOf } from './example-of.js';

export interface Described {
  schema: JsonSchema;
  example: unknown;
}

/** `data` of an acknowledgement, and the names of the schemas of a success and of a failure. */
export interface Acknowledgement extends Described {
  answer: string;
  failure: string;
  /** Of schemas that are not classes yet. */
  inline?: JsonSchema;
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

type Payload = z.ZodType | DataType;
type Schemas = Record<string, JsonSchema>;

/** The classes of everything that events carry, for the component schemas. */
export function eventModels(socketEvents: SocketEvents): Type[] {
  const payloads: (Payload | undefined)[] = [
    ...[...socketEvents.table().values()]
      .flat()
      .flatMap(({ payloadClass, metadata: { ack = null } }) => [
        payloadClass,
        ack instanceof z.ZodType ? ack : answerOf(ack),
      ]),
    ...serverEventRegistry().flatMap(({ events }) => Object.values(events).map(({ payload }) => payload)),
    ...declaredDialects().map(({ name }) => failureOf(name)),
    Failure,
  ];
  const models = payloads.flatMap((payload) =>
    payload === undefined || payload instanceof z.ZodType ? [] : modelsOf(payload),
  );
  return [...new Set(models)];
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
  const payload = payloadClass ?? metadata.payload;
  const failures = documentedFailures({
    transport: 'socket',
    access,
    takes: payload && 'payload',
    errors,
    dialect: dialectOf(dialect),
  });
  return {
    name: event,
    direction: 'client',
    summary,
    access: describeAccess(access),
    needsToken: access !== 'public',
    payload: payload && described(payload, 'input', example, schemas),
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
  const empty = payload === null || payload instanceof z.ZodUndefined;
  return {
    name,
    direction: 'server',
    summary,
    payload: empty ? undefined : described(payload, 'output', example, schemas),
  };
}

function described(payload: Payload, io: 'input' | 'output', example: unknown, schemas: Schemas): Described {
  const schema = payload instanceof z.ZodType ? jsonSchemaOf(payload, io) : schemaOf(payload);
  return { schema, example: example ?? exampleOf(schema, schemas) };
}

const dialectOf = (name: string): Dialect | undefined => declaredDialects().find((one) => one.name === name);

const failureOf = (dialect: string): Type => {
  const failure = dialectOf(dialect)?.failure;
  return failure === undefined || failure instanceof z.ZodType ? Failure : failure;
};

function acknowledged(data: Payload, failure: Type, schemas: Schemas): Acknowledgement {
  const answer = data instanceof z.ZodType ? answerOf(null) : answerOf(data);
  return {
    ...described(data, 'output', undefined, schemas),
    answer: schemaNameOf(answer),
    failure: schemaNameOf(failure),
    ...(data instanceof z.ZodType
      ? {
          inline: {
            oneOf: [
              {
                type: 'object',
                required: ['success', 'data'],
                properties: { success: { const: true }, data: jsonSchemaOf(data, 'output') },
              },
              schemaOf(failure),
            ],
          },
        }
      : {}),
  };
}
