import type { Document, Schema, WithSchemas } from './openapi-document.js';
import type { EventDocument } from './records.js';

/** A schema and where it stands. */
export interface Place {
  /** `Message.sender.id`, `get /rooms 200 data`, `get /rooms ?page` */
  at: string;
  /** The field's name, also of its entries and alternatives; '' outside fields. */
  field: string;
  schema: Schema;
  /** Of a named component itself, not of something inside it. */
  top: boolean;
}

const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? (value as Schema[]) : []);

/** The schema and all that are written inside it; names are not followed. */
export function placesIn(schema: Schema, at: string, field = '', top = false): Place[] {
  const inner = (part: unknown, suffix: string, name = field): Place[] =>
    typeof part === 'object' && part !== null ? placesIn(part as Schema, at + suffix, name) : [];
  return [
    { at, field, schema, top },
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => inner(part, `.${name}`, name)),
    ...inner(schema.items, '[]'),
    ...inner(schema.additionalProperties, '{}'),
    ...['allOf', 'anyOf', 'oneOf'].flatMap((key) => listOf(schema[key]).flatMap((part) => inner(part, ''))),
  ];
}

export const componentPlaces = (document: WithSchemas): Place[] =>
  Object.entries(document.components.schemas).flatMap(([name, schema]) => placesIn(schema, name, '', true));

/** The outermost schemas of bodies, answers and parameters. */
export function operationSchemas(
  document: Document,
): { at: string; field: string; kind: 'body' | 'answer' | 'parameter'; type: string; schema: Schema }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters = [], requestBody, responses }]) => {
      const at = `${method} ${path}`;
      const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => ({
        at: `${at} body ${type}`,
        field: '',
        kind: 'body' as const,
        type,
        schema,
      }));
      const answers = Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.entries(content).map(([type, { schema }]) => ({
          at: `${at} ${status}`,
          field: '',
          kind: 'answer' as const,
          type,
          schema,
        })),
      );
      const asked = parameters.map(({ name, schema }) => ({
        at: `${at} ?${name}`,
        field: name,
        kind: 'parameter' as const,
        type: '',
        schema,
      }));
      return [...bodies, ...answers, ...asked];
    }),
  );
}

export const operationPlaces = (document: Document): Place[] =>
  operationSchemas(document).flatMap(({ at, field, schema }) => placesIn(schema, at, field));

export const messagePlaces = (document: EventDocument): Place[] =>
  Object.entries(document.components.messages).flatMap(([id, { payload }]) =>
    payload ? placesIn(payload, id) : [],
  );

export const typesOf = ({ type }: Schema): string[] => (Array.isArray(type) ? type : [type]) as string[];
