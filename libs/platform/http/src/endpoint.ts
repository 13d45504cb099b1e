import { Delete, Get, HttpCode, Patch, Post, Put, SetMetadata } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  type ApiBodyOptions,
  type ApiOperationOptions,
  type ApiQueryOptions,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import { z } from 'zod';
import { Access, describeAccess, type AccessRule } from '#libs/platform/auth';
import { answerOf, schemaOf, type DataType } from '#libs/platform/schemas';
import { jsonSchemaOf, type JsonSchema } from '#libs/platform/validation';
import { successOf } from './envelope.js';
import { argumentClass } from './route-arguments.js';

export const ENDPOINT = 'switchboard:endpoint';

const VERBS = { get: Get, post: Post, put: Put, patch: Patch, delete: Delete } as const;
type Verb = keyof typeof VERBS;

/** What a part of the path names. */
export interface PathParameter {
  description: string;
  example: string;
}

export interface EndpointOptions {
  access: AccessRule;
  summary: string;
  description?: string;
  /** For each `:name` of the path. */
  params?: Record<string, PathParameter>;
  /** Where no argument of the handler is `@Body()`: it reads the body itself, as JSON or as a form. */
  body?: z.ZodType | Type;
  /** Where the handler takes a form: its fields, with its files by `@ApiFile()`. Beside `body`: either of the two. */
  form?: Type | { fields: z.ZodType; files: Record<string, number> };
  query?: z.ZodObject | Type;
  /** What `data` of a success is: a class, a list of it (`[RoomBody]`), or null. */
  response: z.ZodType | DataType;
  /** The sentence that a success has beside `data` (the handler answers a `Reply`); shown as the example. */
  message?: string;
  /** Success status; 200, and 201 for POST, unless told. */
  status?: number;
  /** Our codes that it may be refused with, besides those that follow from its access rule and its input. */
  errors?: readonly string[];
  /** Examples for the document: request body and `data` of the answer. */
  examples?: { body?: unknown; response?: unknown };
}

function successExample({ response, examples, message }: EndpointOptions): object {
  const data = response === null || response instanceof z.ZodNull ? null : examples?.response;
  const sentence = message === undefined ? {} : { message };
  return data === undefined ? {} : { example: { success: true, data, ...sentence } };
}

function successSchema({ response, message }: EndpointOptions): { schema: JsonSchema; models: Type[] } {
  if (response instanceof z.ZodType)
    return { schema: jsonSchemaOf(successOf(response), 'output'), models: [] };
  const answer = answerOf(response, message !== undefined);
  return { schema: schemaOf(answer), models: [answer] };
}

const uploadsOf = (files: Record<string, number>): JsonSchema =>
  Object.fromEntries(
    Object.entries(files).map(([name, maxItems]) => [
      name,
      { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1, maxItems },
    ]),
  );

function formSchema(form: NonNullable<EndpointOptions['form']>): JsonSchema {
  if (typeof form === 'function') return schemaOf(form);
  const { properties, ...rest } = jsonSchemaOf(form.fields, 'input');
  return { ...rest, properties: { ...(properties as object), ...uploadsOf(form.files) } };
}

/** One schema for all content types is the decorators' way; a form has another than JSON. */
function withForm({ body, form, examples }: EndpointOptions): ApiOperationOptions {
  if (!form) return {};
  const json = body && (body instanceof z.ZodType ? jsonSchemaOf(body, 'input') : schemaOf(body));
  const example = examples?.body === undefined ? {} : { example: examples.body };
  return {
    requestBody: {
      required: true,
      content: {
        ...(json ? { 'application/json': { schema: json, ...example } } : {}),
        'multipart/form-data': { schema: formSchema(form) },
      },
    },
  } as ApiOperationOptions;
}

function bodyDecorators({ body, form, examples }: EndpointOptions): MethodDecorator[] {
  const example = examples?.body;
  const models = [body, form].filter((model) => typeof model === 'function');
  if (form) return [ApiExtraModels(...models)];
  if (body === undefined) return [];
  if (body instanceof z.ZodType) {
    return [ApiBody({ schema: jsonSchemaOf(body, 'input'), ...usual(example) } as ApiBodyOptions)];
  }
  return [ApiBody({ type: body, ...usual(example) })];
}

const usual = (example: unknown) =>
  example === undefined ? {} : { examples: { usual: { value: example } } };

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  const described = jsonSchemaOf(query, 'input') as { properties?: Record<string, Record<string, unknown>> };
  return Object.entries(described.properties ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schema;
    const required = !query.shape[name]?.safeParse(undefined).success;
    return ApiQuery({ name, required, description: description as string, schema: rest } as ApiQueryOptions);
  });
}

/**
 * One decorator for a route: verb and path, who may call it, what it answers. What it takes is said by the classes of
 * its `@Body()` and `@Query()`. Validation, the guard and OpenAPI all read this, so that they cannot disagree.
 */
export function Endpoint(verb: Verb, path: string, given: EndpointOptions): MethodDecorator {
  return (prototype, name, descriptor) => {
    const [body, query] = [argumentClass(prototype, name, 'body'), argumentClass(prototype, name, 'query')];
    for (const decorate of decoratorsOf(verb, path, { body, query, ...given }))
      decorate(prototype, name, descriptor as TypedPropertyDescriptor<unknown>);
  };
}

function decoratorsOf(verb: Verb, path: string, options: EndpointOptions): MethodDecorator[] {
  const status = options.status ?? (verb === 'post' ? 201 : 200);
  const { schema, models } = successSchema(options);
  const decorators: MethodDecorator[] = [
    VERBS[verb](path),
    HttpCode(status),
    SetMetadata(ENDPOINT, options),
    Access(options.access),
    ApiOperation({
      summary: options.summary,
      description: [options.description, `Access: ${describeAccess(options.access)}.`]
        .filter(Boolean)
        .join('\n\n'),
      ...withForm(options),
    }),
    ApiExtension('x-access', options.access),
    ApiExtraModels(...models),
    ApiResponse({
      status,
      description: 'Success',
      content: { 'application/json': { schema, ...successExample(options) } },
    } as ApiResponseOptions),
    ...bodyDecorators(options),
    ...Object.entries(options.params ?? {}).map(([name, described]) => ApiParam({ name, ...described })),
  ];
  if (options.access !== 'public') decorators.push(ApiBearerAuth('token'));
  if (options.query instanceof z.ZodObject) decorators.push(...queryParameters(options.query));
  return decorators;
}
