import type { Type } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, getSchemaPath, type ApiPropertyOptions } from '@nestjs/swagger';
import { ApiConst, ApiText, Schema } from './schema.decorators.js';

/** A JSON Schema of version 2020-12, as OpenAPI 3.1 and AsyncAPI 3 use it. */
export type JsonSchema = Record<string, unknown>;

/** One of several forms, under a name of its own. */
export interface Alternatives {
  name: string;
  oneOf: readonly (Type | [Type])[];
}

/** What an answer or a payload is: an object of a class, a list of such, one of several, or nothing (null). */
export type DataType = Type | [Type] | Alternatives | null;

const isAlternatives = (data: DataType): data is Alternatives =>
  data !== null && typeof data === 'object' && 'oneOf' in data;

/** The classes that a data type names. */
export function modelsOf(data: DataType): Type[] {
  if (data === null) return [];
  if (isAlternatives(data)) return data.oneOf.flatMap(modelsOf);
  return Array.isArray(data) ? [...data] : [data];
}

/** The data type as a schema; classes are referred to by name. */
export function schemaOf(data: DataType): JsonSchema {
  if (data === null) return { type: 'null' };
  if (isAlternatives(data)) return { oneOf: data.oneOf.map(schemaOf) };
  if (Array.isArray(data)) return { type: 'array', items: schemaOf(data[0]) };
  return { $ref: getSchemaPath(data) };
}

/** The name of a class among the schemas of the documents. */
export const schemaNameOf = (model: Type): string => getSchemaPath(model).split('/').at(-1) as string;

function nameOf(data: DataType): string {
  if (data === null) return 'Empty';
  if (isAlternatives(data)) return data.name;
  return Array.isArray(data) ? `${schemaNameOf(data[0])}List` : schemaNameOf(data);
}

const known = new Map<string, { answer: Type; models: string }>();

/**
 * The class of a success: `{success: true, data}`, and with `message` where the answer has a sentence beside it. Made
 * once for each data type and called after it: `RoomAnswer`, `RoomReply` with a sentence.
 */
export function answerOf(data: DataType, withMessage = false): Type {
  const name = `${nameOf(data)}${withMessage ? 'Reply' : 'Answer'}`;
  const models = JSON.stringify(schemaOf(data));
  const found = known.get(name);
  if (found && found.models !== models) throw new Error(`Two different answers would be called ${name}`);
  if (found) return found.answer;
  const answer = { [name]: class {} }[name] as Type;
  const { prototype } = answer as unknown as { prototype: object };
  ApiConst(true)(prototype, 'success');
  if (withMessage) ApiText({ optional: true, description: 'A sentence for people' })(prototype, 'message');
  ApiProperty(propertyOf(data))(prototype, 'data');
  Schema(name, { description: 'A success' })(answer);
  ApiExtraModels(...modelsOf(data))(answer);
  known.set(name, { answer, models });
  return answer;
}

function propertyOf(data: DataType): ApiPropertyOptions {
  if (data === null) return { required: true, ...schemaOf(data) } as ApiPropertyOptions;
  // @nestjs/swagger asks for a type, and leaves it out again beside alternatives.
  if (isAlternatives(data)) return { required: true, type: Object, ...schemaOf(data) } as ApiPropertyOptions;
  return Array.isArray(data) ? { type: () => data[0], isArray: true } : { type: () => data };
}
