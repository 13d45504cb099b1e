import type { Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { describeFailures, taggedDialects } from '#libs/platform/http';
import type { JsonSchema } from '#libs/platform/schemas';
import { plainSchema, plainSchemas } from './plain-schemas.js';
import { exampleOf } from './example-of.js';
import { usedSchemas } from './used-schemas.js';
import { COMMON_PATH_PARAMETERS } from './path-parameters.js';

const DESCRIPTION = `
One chat, spoken by REST and by Socket.IO. Every success is \`{"success": true, "data": …}\`, every failure
\`{"success": false, "error", "code", "details"}\`. Authenticate with \`Authorization: Bearer JWT\`; in development
\`npm run -s token -- --sub 123 --role customer --name "First Customer"\` makes one.

Every answer carries \`X-Request-Id\`, which the server's log lines of that request carry too; a request may bring
its own (up to 64 letters, digits, \`.\`, \`_\` or \`-\`).

A body is read only by the operations that describe one. Answers say \`Cache-Control: no-store\`; files, pages and
documents say themselves how long they may be kept.
`;

const HEADERS = {
  RequestId: {
    description: "Names this request in the server's log",
    schema: { type: 'string' as const },
    example: '5f0c0f4e-6d0c-4c0f-9b1e-0d6a3a1f7c55',
  },
  RetryAfter: {
    description: 'Seconds to wait before trying again',
    schema: { type: 'integer' as const, minimum: 1 },
    example: 12,
  },
};
const WITH_RETRY_AFTER = new Set(['429', '503']);

interface MediaType {
  schema: JsonSchema;
  example?: unknown;
  examples?: { usual?: { value: unknown } };
}

interface Operation {
  operationId: string;
  tags?: string[];
  security?: object[];
  parameters?: { in: string; name: string; description?: string; example?: unknown; schema?: JsonSchema }[];
  requestBody?: { content?: Record<string, MediaType> };
  responses: Record<string, { headers?: Record<string, object>; content?: Record<string, MediaType> }>;
}

/** What the documents of the application are made of: OpenAPI, and the schemas that events refer to, too. */
export interface Described {
  openApi: OpenAPIObject;
  schemas: Record<string, JsonSchema>;
}

/**
 * OpenAPI 3.1 of all routes, made of the same declarations that validate and guard them.
 * @param models classes that no route but an event carries
 */
export function buildOpenApi(app: NestExpressApplication, models: Type[]): Described {
  const controllers = app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype }) => (metatype ? [metatype as Type] : []));
  for (const controller of controllers) describeFailures(controller);
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Switchboard')
    .setDescription(DESCRIPTION.trim())
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: "The host platform's own JWT" },
      'token',
    )
    .addTag('rooms', 'Conversations and who is in them')
    .addTag('messages', 'Sending, reading, receipts')
    .addTag('attachments', 'Files and voice notes')
    .addTag('presence', 'Who is online')
    .addTag('directory', 'What the host platform tells the chat')
    .addTag('operations', 'Health and figures')
    .addTag('development', 'Only outside production');
  for (const { name, description } of taggedDialects(controllers)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    extraModels: models,
  });
  const schemas = plainSchemas(document.components?.schemas ?? {});
  const operations = operationsOf(document);
  for (const operation of operations) complete(operation, schemas);
  tellApart(operations);
  document.components = {
    ...document.components,
    headers: HEADERS,
    schemas: usedSchemas(document.paths, schemas),
  } as OpenAPIObject['components'];
  return { openApi: document, schemas };
}

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) =>
    Object.values(path as Record<string, unknown>).filter(
      (entry): entry is Operation => typeof entry === 'object' && entry !== null && 'responses' in entry,
    ),
  );
}

/** What every operation has: that it needs no token where it does not, described paths, headers and examples. */
function complete(operation: Operation, schemas: Record<string, JsonSchema>): void {
  operation.security ??= [];
  for (const parameter of operation.parameters ?? []) {
    const common = parameter.in === 'path' ? COMMON_PATH_PARAMETERS[parameter.name] : undefined;
    if (common && parameter.description === undefined) Object.assign(parameter, common);
    if (parameter.schema) parameter.schema = plainSchema(parameter.schema);
  }
  const body = operation.requestBody?.content?.['application/json'];
  if (body?.examples?.usual) {
    body.example = body.examples.usual.value;
    delete body.examples;
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    response.headers = {
      ...response.headers,
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(WITH_RETRY_AFTER.has(status) ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    };
    const media = response.content?.['application/json'];
    if (media && !('example' in media || 'examples' in media)) {
      media.example = exampleOf(media.schema, schemas);
    }
  }
}

/** Controllers of two contracts may have the same name: their operations get the contract's tag in front. */
function tellApart(operations: Operation[]): void {
  const uses = new Map<string, number>();
  for (const { operationId: id } of operations) uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const operation of operations) {
    if ((uses.get(operation.operationId) ?? 0) > 1)
      operation.operationId = `${operation.tags?.[0]}_${operation.operationId}`;
  }
}
