import { applyDecorators, Delete, Get, HttpCode, Patch, Post, Put, SetMetadata } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtension,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  type ApiBodyOptions,
  type ApiOperationOptions,
  type ApiQueryOptions,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { z } from 'zod';
import { Access, describeAccess, type AccessRule } from '#libs/platform/auth';
import { jsonSchemaOf, type JsonSchema } from '#libs/platform/validation';
import { successOf } from './envelope.js';

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
  body?: z.ZodType;
  /** Where the body may also be a form: its fields, and how many files each field for files may have. */
  form?: { fields: z.ZodType; files: Record<string, number> };
  query?: z.ZodObject;
  /** Schema of `data` in a success. */
  response: z.ZodType;
  /** Success status; 200, and 201 for POST, unless told. */
  status?: number;
  /** Our codes that it may be refused with, besides those that follow from its access rule and its input. */
  errors?: readonly string[];
  /** Examples for the document: request body and `data` of the answer. */
  examples?: { body?: unknown; response?: unknown };
}

function successExample({ response, examples }: EndpointOptions): object {
  const data = response instanceof z.ZodNull ? null : examples?.response;
  return data === undefined ? {} : { example: { success: true, data } };
}

function formSchema({ fields, files }: NonNullable<EndpointOptions['form']>): JsonSchema {
  const { properties, ...rest } = jsonSchemaOf(fields, 'input');
  const uploads = Object.entries(files).map(([name, maxItems]) => [
    name,
    { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1, maxItems },
  ]);
  return { ...rest, properties: { ...(properties as object), ...Object.fromEntries(uploads) } };
}

/** One schema for all content types is the decorators' way; a form has another than JSON. */
const bodyOrForm = (json: JsonSchema, form: NonNullable<EndpointOptions['form']>): ApiOperationOptions =>
  ({
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: json },
        'multipart/form-data': { schema: formSchema(form) },
      },
    },
  }) as ApiOperationOptions;

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  const described = jsonSchemaOf(query, 'input') as { properties?: Record<string, Record<string, unknown>> };
  return Object.entries(described.properties ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schema;
    const required = !query.shape[name]?.safeParse(undefined).success;
    return ApiQuery({ name, required, description: description as string, schema: rest } as ApiQueryOptions);
  });
}

/**
 * One decorator for a route: verb and path, who may call it, what it takes and answers. Validation, the guard and
 * OpenAPI all read this, so that they cannot disagree.
 */
export function Endpoint(verb: Verb, path: string, options: EndpointOptions): MethodDecorator {
  const status = options.status ?? (verb === 'post' ? 201 : 200);
  const { body, form } = options;
  const example = options.examples?.body;
  const json = body && { ...jsonSchemaOf(body, 'input'), ...(example === undefined ? {} : { example }) };
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
      ...(json && form ? bodyOrForm(json, form) : {}),
    }),
    ApiExtension('x-access', options.access),
    ApiResponse({
      status,
      description: 'Success',
      content: {
        'application/json': {
          schema: jsonSchemaOf(successOf(options.response), 'output'),
          ...successExample(options),
        },
      },
    } as ApiResponseOptions),
    ...Object.entries(options.params ?? {}).map(([name, described]) => ApiParam({ name, ...described })),
  ];
  if (options.access !== 'public') decorators.push(ApiBearerAuth('token'));
  if (json && !form) decorators.push(ApiBody({ schema: json } as ApiBodyOptions));
  if (options.query) decorators.push(...queryParameters(options.query));
  return applyDecorators(...decorators);
}
