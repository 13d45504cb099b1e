import Ajv, { type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export type Schema = Record<string, unknown>;

export interface MediaType {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

export interface Operation {
  summary?: string;
  description?: string;
  operationId: string;
  security: object[];
  'x-access'?: unknown;
  parameters?: { in: string; name: string; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, { description: string; headers?: Schema; content?: Record<string, MediaType> }>;
}

/** What OpenAPI and AsyncAPI documents have in common. */
export interface WithSchemas {
  components: { schemas: Record<string, Schema> };
}

export interface Document extends WithSchemas {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

/** Objects whose properties are described may have no others: an answer must not say more than the document. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  return 'properties' in parts && !('additionalProperties' in parts)
    ? { ...parts, additionalProperties: false }
    : parts;
}

const ROOT = 'https://document.example/';
const validators = new WeakMap<WithSchemas, Ajv.default>();

const inRoot = (schema: unknown): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', `"${ROOT}#/$defs/`)) as object;

/** Knows the document's components; made once, since compiling them takes its time. */
function validatorOf(document: WithSchemas): Ajv.default {
  const known = validators.get(document);
  if (known) return known;
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: ROOT, $defs: inRoot(closed(document.components.schemas)) });
  validators.set(document, ajv);
  return ajv;
}

/** What is wrong with a value by a schema of the document; empty when it fits exactly. */
export function faultsOf(document: WithSchemas, schema: Schema, value: unknown): ErrorObject[] {
  const validate = validatorOf(document).compile(inRoot(closed(schema)));
  return validate(value) ? [] : (validate.errors ?? []);
}

/** The schema of an answer, by operation and status. */
export function answerSchema(document: Document, method: string, path: string, status: number): Schema {
  const schema = document.paths[path]?.[method]?.responses[status]?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`The document has no ${status} for ${method.toUpperCase()} ${path}`);
  return schema;
}

/** What a schema is: where it is only a name, what stands under it. */
export function resolved({ components }: WithSchemas, schema: Schema): Schema {
  const { $ref } = schema;
  return typeof $ref === 'string' ? (components.schemas[$ref.split('/').at(-1) as string] as Schema) : schema;
}
