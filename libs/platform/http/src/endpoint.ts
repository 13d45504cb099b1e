import { Delete, Get, HttpCode, Patch, Post, Put, SetMetadata, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtension,
  ApiExtraModels,
  ApiOperation,
  ApiParam,
  ApiResponse,
  type ApiOperationOptions,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { Access, describeAccess, type AccessRule } from '#libs/platform/auth';
import { answerOf, schemaOf, type DataType } from '#libs/platform/schemas';
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
  body?: Type;
  /** Where the handler takes a form: its fields, with its files by `@ApiFile()`. Beside `body`: either of the two. */
  form?: Type;
  /** Found by the class of the handler's `@Query()`. */
  query?: Type;
  /** What `data` of a success is: a class, a list of it (`[RoomBody]`), or null. */
  response: DataType;
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
  const data = response === null ? null : examples?.response;
  const sentence = message === undefined ? {} : { message };
  return data === undefined ? {} : { example: { success: true, data, ...sentence } };
}

/** One schema for all content types is the decorators' way; a form has another than JSON. */
function withForm({ body, form, examples }: EndpointOptions): ApiOperationOptions {
  if (!form) return {};
  const example = examples?.body === undefined ? {} : { example: examples.body };
  return {
    requestBody: {
      required: true,
      content: {
        ...(body ? { 'application/json': { schema: schemaOf(body), ...example } } : {}),
        'multipart/form-data': { schema: schemaOf(form) },
      },
    },
  } as ApiOperationOptions;
}

function bodyDecorators({ body, form, examples }: EndpointOptions): MethodDecorator[] {
  if (form) return [ApiExtraModels(...(body ? [body, form] : [form]))];
  if (body === undefined) return [];
  const example = examples?.body;
  return [
    ApiBody({ type: body, ...(example === undefined ? {} : { examples: { usual: { value: example } } }) }),
  ];
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
  const answer = answerOf(options.response, options.message !== undefined);
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
    ApiExtraModels(answer),
    ApiResponse({
      status,
      description: 'Success',
      content: { 'application/json': { schema: schemaOf(answer), ...successExample(options) } },
    } as ApiResponseOptions),
    ...bodyDecorators(options),
    ...Object.entries(options.params ?? {}).map(([name, described]) => ApiParam({ name, ...described })),
  ];
  if (options.access !== 'public') decorators.push(ApiBearerAuth('token'));
  return decorators;
}
