import { ModulesContainer } from '@nestjs/core';
import { ONE_NODE, World } from '../support/world.js';
import { canBeTold } from './alternatives.js';
import type { Document, Schema } from './openapi-document.js';
import type { EventDocument } from './records.js';
import {
  componentPlaces,
  messagePlaces,
  operationPlaces,
  operationSchemas,
  typesOf,
  type Place,
} from './schema-places.js';

/** What is measured rather than counted, and ids that a client chose, whatever number it took. */
const FRACTIONAL =
  /^(duration|latitude|longitude|lat|lng|accuracy|waveform|average|(client|temp)(_id|Id)|last_client_id)$/;
const TIMESTAMP = /(_at|At|_until|Until|timestamp|Timestamp|_time|Time)$/;
const NAMED = /^#\/components\/schemas\/[A-Z]\w*$/;
const CHANNELS = {
  'connection-chat': '/chat',
  'connection-root': '/',
  'service-chat': '/chat',
  'service-root': '/',
  'workspace-root': '/',
  'support-root': '/',
  'booking-root': '/',
  'marketplace-root': '/',
};

describe('the documents, for generators and their users', () => {
  let world: World;
  let openapi: Document;
  let asyncapi: EventDocument;
  /** All schemas of either document. */
  let places: Place[];

  beforeAll(async () => {
    world = await World.start({}, ONE_NODE);
    const documentAt = async (path: string): Promise<unknown> => (await fetch(world.url + path)).json();
    openapi = (await documentAt('/openapi.json')) as Document;
    asyncapi = (await documentAt('/asyncapi.json')) as EventDocument;
    places = [
      ...componentPlaces(openapi),
      ...operationPlaces(openapi),
      ...componentPlaces(asyncapi),
      ...messagePlaces(asyncapi),
    ];
  });
  afterAll(() => world.stop());

  /** Where a schema is as it must not be. */
  const where = (isWrong: (place: Place) => boolean, all = places): string[] => [
    ...new Set(all.filter(isWrong).map(({ at }) => at)),
  ];
  const isNamed = ({ $ref }: Schema): boolean => typeof $ref === 'string' && NAMED.test($ref);
  const isObject = (schema: Schema): boolean => schema.properties !== undefined;

  it('name each body, and each answer in JSON', () => {
    const unnamed = operationSchemas(openapi).filter(
      ({ kind, type, schema }) =>
        !isNamed(schema) && (kind === 'body' || (kind === 'answer' && type === 'application/json')),
    );
    expect(unnamed.map(({ at }) => at)).toEqual([]);
  });

  it('name each payload of an event, where it has one', () => {
    const messages = Object.entries(asyncapi.components.messages);
    const unnamed = messages.filter(([, { payload }]) => payload && !isNamed(payload));
    expect(unnamed.map(([id]) => id)).toEqual([]);
  });

  it('name each object with known fields', () => {
    expect(where(({ top, schema }) => !top && isObject(schema))).toEqual([]);
  });

  it('name each enumeration', () => {
    expect(where(({ top, schema }) => !top && Array.isArray(schema.enum))).toEqual([]);
  });

  it('have whole numbers for whatever is counted', () => {
    expect(
      where(({ field, schema }) => typesOf(schema).includes('number') && !FRACTIONAL.test(field)),
    ).toEqual([]);
  });

  it('have date-time for each moment', () => {
    const isMoment = ({ field, schema }: Place): boolean =>
      TIMESTAMP.test(field) && typesOf(schema).includes('string');
    expect(places.filter(isMoment).length).toBeGreaterThan(20);
    expect(where((place) => isMoment(place) && place.schema.format !== 'date-time')).toEqual([]);
  });

  it('tell alternatives apart', () => {
    const faultsOf = (document: Document | EventDocument, all: Place[]): string[] =>
      where(({ schema }) => !canBeTold(document, schema), all);
    expect([
      ...faultsOf(openapi, [...componentPlaces(openapi), ...operationPlaces(openapi)]),
      ...faultsOf(asyncapi, [...componentPlaces(asyncapi), ...messagePlaces(asyncapi)]),
    ]).toEqual([]);
  });

  it('call each operation by its controller and method, and no two controllers alike', () => {
    const controllers = [...world.server.app.get(ModulesContainer).values()].flatMap(({ controllers }) =>
      [...controllers.values()].map(({ metatype }) => metatype as new () => object),
    );
    const classes = [...new Set(controllers)];
    const names = classes.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const ids = Object.values(openapi.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    const expected = classes.flatMap(({ name, prototype }) =>
      Object.getOwnPropertyNames(prototype).map((method) => `${name.replace(/Controller$/, '')}_${method}`),
    );
    expect(ids.filter((id) => !expected.includes(id))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('show failures with a sentence of their own', () => {
    const sentences = new Map<string, Set<string>>();
    for (const methods of Object.values(openapi.paths))
      for (const { responses } of Object.values(methods))
        for (const { content = {} } of Object.values(responses))
          for (const { example, examples } of Object.values(content))
            for (const shown of [example, ...Object.values(examples ?? {}).map(({ value }) => value)]) {
              const { success, code, error } = (shown ?? {}) as Record<string, unknown>;
              if (success !== false) continue;
              const known = sentences.get(String(error)) ?? new Set();
              sentences.set(String(error), known.add(String(code)));
            }
    expect(sentences.size).toBeGreaterThan(20);
    const told = [...sentences].map(([sentence, codes]) => ({ sentence, codes: [...codes] }));
    expect(told.filter(({ sentence }) => !/^[A-Z“"].{8,}[.!?)]$/.test(sentence))).toEqual([]);
    // Each of the five contracts may have a word of its own for it.
    expect(told.filter(({ codes }) => codes.length > 5)).toEqual([]);
  });

  it('call channels and operations as ever', () => {
    const channels = Object.entries(asyncapi.channels).map(([id, { address }]) => [id, address]);
    expect(Object.fromEntries(channels)).toEqual(CHANNELS);
    const expected = Object.entries(asyncapi.channels).flatMap(([channel, { messages }]) =>
      Object.keys(messages)
        .map((id) => id.split('.'))
        .filter(([, kind]) => kind !== 'ack')
        .map(([, kind, event]) => `${channel}.${kind}.${event}`),
    );
    expect(Object.keys(asyncapi.operations).sort()).toEqual(expected.sort());
  });
});
